using Netpol.Compiler.Bpf;

namespace Netpol.Compiler.Certification;

/// <summary>
/// Where values of a function can be followed, numbered so that a set of places is one word: registers r0 to r9, and places of the frame
/// that nobody has a pointer to (where clang keeps what it has no register for).
/// </summary>
internal sealed class Places
{
    /// <summary>r0 to r5, which a call overwrites.</summary>
    public const ulong Lost = 0x3f;

    private const int Registers = 10;
    private const int Most = 64;

    private readonly Dictionary<(int Offset, int Size), int> _frame = [];
    private readonly ulong[] _overlapping = new ulong[Most];

    public Places(FlowGraph graph, FrameUse frame)
    {
        foreach (var instruction in graph.Function.Instructions.Where(IsOfFrame))
        {
            var place = (Offset: (int)instruction.Offset, Size: instruction.Code.Size().Bytes());
            if (place.Offset + place.Size <= frame.LowestPointer && Registers + _frame.Count < Most)
            {
                _frame.TryAdd(place, Registers + _frame.Count);
            }
        }

        foreach (var ((offset, size), place) in _frame)
        {
            _overlapping[place] = _frame
                .Where(other => other.Key.Offset < offset + size && offset < other.Key.Offset + other.Key.Size)
                .Aggregate(0UL, (set, other) => set | 1UL << other.Value);
        }
    }

    public static ulong Of(Register register) => register < Register.R10 ? 1UL << (int)register : 0;

    /// <summary>What a load or store by r10 reads or writes; -1: what is not followed.</summary>
    public int Accessed(Instruction access) => _frame.GetValueOrDefault((access.Offset, access.Code.Size().Bytes()), -1);

    /// <summary>All that a store by r10 changes something of.</summary>
    public ulong Changed(Instruction store)
    {
        if (Accessed(store) is var place and >= 0)
        {
            return _overlapping[place];
        }

        var (offset, size) = ((int)store.Offset, store.Code.Size().Bytes());
        return _frame.Where(other => other.Key.Offset < offset + size && offset < other.Key.Offset + other.Key.Size)
            .Aggregate(0UL, (set, other) => set | 1UL << other.Value);
    }

    private static bool IsOfFrame(Instruction instruction) => instruction.Code.Class() switch
    {
        InstructionClass.Load => instruction.Source == Register.R10,
        InstructionClass.Store or InstructionClass.StoreImmediate => instruction.Destination == Register.R10,
        _ => false,
    };
}
