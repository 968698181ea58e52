using System.Collections.Immutable;

namespace Netpol.Compiler.Bpf.Interpretation;

/// <summary>Functions and maps put together, ready to run on any number of machines.</summary>
public sealed class MachineProgram
{
    /// <summary>The numbers of regions: 0 is none, then the frames, the input, the maps' values, and far off the maps themselves.</summary>
    internal const int InputRegion = Machine.MaxFrames + 1;
    internal const int FirstMapRegion = InputRegion + 1;
    internal const int FirstMapHandle = 1 << 20;

    private readonly ImmutableArray<CodePlace> _places;
    private readonly Dictionary<string, int> _entries;

    private MachineProgram(Step[] steps, ImmutableArray<CodePlace> places, Dictionary<string, int> entries, ImmutableArray<MapModel> maps) =>
        (Steps, _places, _entries, Maps) = (steps, places, entries, maps);

    public ImmutableArray<MapModel> Maps { get; }

    internal Step[] Steps { get; }

    /// <exception cref="InvalidOperationException">A function refers to what is not there, or jumps out of itself.</exception>
    public static MachineProgram Link(IEnumerable<Functions.BpfFunction> functions, params ImmutableArray<MapModel> maps)
    {
        var all = functions.ToList();
        Dictionary<string, int> entries = new(StringComparer.Ordinal);
        var count = 0;
        foreach (var function in all)
        {
            entries.Add(function.Name, count);
            count += function.Instructions.Length;
        }

        var steps = new Step[count];
        var places = ImmutableArray.CreateBuilder<CodePlace>(count);
        foreach (var function in all)
        {
            new FunctionLinking(function, entries, maps).Fill(steps.AsSpan(entries[function.Name], function.Instructions.Length));
            places.AddRange(function.SlotOfInstruction().SkipLast(1).Select(slot => new CodePlace(function.Name, slot)));
        }

        return new MachineProgram(steps, places.MoveToImmutable(), entries, maps);
    }

    /// <summary>Where a function begins, for <see cref="Machine.Run"/>.</summary>
    public int EntryOf(string function) => _entries[function];

    public CodePlace PlaceOf(int instruction) => _places[instruction];
}
