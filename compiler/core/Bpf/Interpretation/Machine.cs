using System.Collections.Frozen;

namespace Netpol.Compiler.Bpf.Interpretation;

/// <summary>
/// Runs programs as the kernel would, with every access checked: RFC 9669. One run at a time; a run allocates nothing.
/// What a program may not rely on, such as r1 to r5 after a call, is filled with what no program can mistake for a value.
/// </summary>
public sealed partial class Machine
{
    /// <summary><c>MAX_CALL_FRAMES</c>.</summary>
    public const int MaxFrames = 8;

    /// <summary><c>MAX_BPF_STACK</c>.</summary>
    public const int StackSize = 512;

    /// <summary>What a register holds that nobody wrote.</summary>
    public const ulong Lost = 0xdead_beef_dead_beef;
    private const byte LostByte = 0xdb;
    private const int KeptRegisters = 4;

    // One more bit than there are numbers of registers, so that none is out of bounds.
    private const int Registers = 16;

    private static readonly MapModel NoMap = new ArrayMap("", 1, 1);

    private readonly MachineProgram _program;
    private readonly HelperFunction?[] _helpers;
    private readonly Region[] _regions;
    private readonly int[] _returns = new int[MaxFrames];
    private readonly ulong[] _kept = new ulong[MaxFrames * KeptRegisters];

    public Machine(MachineProgram program, FrozenDictionary<Helper, HelperFunction> helpers)
    {
        _program = program;
        _helpers = new HelperFunction?[helpers.Count == 0 ? 0 : (int)helpers.Keys.Max() + 1];
        foreach (var (helper, function) in helpers)
        {
            _helpers[(int)helper] = function;
        }

        _regions = new Region[MachineProgram.FirstMapRegion + program.Maps.Length];
        for (var frame = 1; frame <= MaxFrames; frame++)
        {
            _regions[frame] = Region.Of(new byte[StackSize], StackSize, 1);
        }

        for (var index = 0; index < program.Maps.Length; index++)
        {
            var map = program.Maps[index];
            _regions[MachineProgram.FirstMapRegion + index] = Region.Of(map.Values, map.ValueSize, map.MaxEntries, map.IsReadOnly);
        }
    }

    /// <summary>Calls a function with one argument, the address of <paramref name="input"/>, which it may write to.</summary>
    /// <param name="entry">From <see cref="MachineProgram.EntryOf"/>.</param>
    public RunResult Run(int entry, byte[] input, int maxSteps = 1 << 20)
    {
        Span<ulong> r = stackalloc ulong[Registers];
        r.Fill(Lost);
        r[1] = Give(input);
        return Execute(entry, r, null, maxSteps);
    }

    /// <summary>Makes memory the input of runs.</summary>
    /// <returns>Its address.</returns>
    public ulong Give(byte[] input)
    {
        _regions[MachineProgram.InputRegion] = Region.Of(input, input.Length, 1);
        return (ulong)MachineProgram.InputRegion << 32;
    }

    /// <summary>
    /// Runs a part of a function: from an instruction on, with these registers, to a fault, its end, a call, or an instruction to stop at.
    /// </summary>
    /// <param name="registers">r0 to r9 before, and afterwards as they are then.</param>
    /// <param name="stops">By instruction of the program.</param>
    public RunResult RunSegment(int start, Span<ulong> registers, bool[] stops, int maxSteps = 1 << 16)
    {
        Span<ulong> r = stackalloc ulong[Registers];
        r.Fill(Lost);
        registers.CopyTo(r);
        var result = Execute(start, r, stops, maxSteps);
        r[..registers.Length].CopyTo(registers);
        return result;
    }

    /// <summary>For helpers: memory of the program.</summary>
    public bool TryRead(ulong address, int size, out ReadOnlySpan<byte> bytes)
    {
        if (TryLocate(address, (uint)size, out var data, out var at))
        {
            bytes = data.AsSpan(at, size);
            return true;
        }

        bytes = [];
        return false;
    }

    /// <summary>For helpers: the map that a program was given the address of.</summary>
    internal bool TryMap(ulong address, out MapModel map, out int region)
    {
        var index = (long)(address >> 32) - MachineProgram.FirstMapHandle;
        var isMap = (uint)address == 0 && index >= 0 && index < _program.Maps.Length;
        (map, region) = isMap ? (_program.Maps[(int)index], MachineProgram.FirstMapRegion + (int)index) : (NoMap, 0);
        return isMap;
    }

    private bool TryLocate(ulong address, uint size, out byte[] data, out int at)
    {
        var number = address >> 32;
        if (number < (ulong)_regions.Length)
        {
            ref var region = ref _regions[number];
            var (element, within) = ((uint)address >> region.Shift, (uint)address & ((1U << region.Shift) - 1));
            if (element < region.Count && within + size <= region.ElementSize)
            {
                (data, at) = (region.Data, (int)((element * region.ElementSize) + within));
                return true;
            }
        }

        (data, at) = ([], 0);
        return false;
    }

    private bool IsReadOnly(ulong address) => _regions[address >> 32].IsReadOnly;
}
