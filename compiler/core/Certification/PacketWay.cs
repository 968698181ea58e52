using System.Collections.Immutable;

namespace Netpol.Compiler.Certification;

/// <summary>From one program to another by tail calls.</summary>
/// <param name="LongestPath">Instructions of the first before.</param>
internal readonly record struct Handover(int From, int To, long LongestPath);

/// <summary>
/// The longest way of a packet through the programs, each handover taken once. Programs do hand a packet back (a translation that is
/// not found goes to where connections begin, and from there to be translated), so that programs taken once would be too few.
/// </summary>
internal sealed class PacketWay
{
    private readonly ImmutableArray<FunctionCost> _programs;
    private readonly ImmutableArray<Handover> _handovers;
    private readonly List<int> _way = [];
    private ulong _taken;

    private PacketWay(ImmutableArray<FunctionCost> programs, ImmutableArray<Handover> handovers) => (_programs, _handovers) = (programs, handovers);

    public long LongestPath { get; private set; } = -1;

    public ImmutableArray<string> LongestWay { get; private set; }

    public int TailCalls { get; private set; }

    /// <exception cref="UncertifiedException">A tail call goes nobody knows where.</exception>
    public static PacketWay Of(ImmutableArray<FunctionCost> programs)
    {
        var numbers = programs.Index().ToDictionary(item => item.Item.Name, item => item.Index, StringComparer.Ordinal);
        Dictionary<(int, int), long> handovers = [];
        foreach (var (number, program) in programs.Index())
        {
            foreach (var (call, path) in program.Paths.ToTailCalls)
            {
                foreach (var target in Targets(program, call).Where(numbers.ContainsKey).Select(target => numbers[target]))
                {
                    handovers[(number, target)] = Math.Max(handovers.GetValueOrDefault((number, target)), path);
                }
            }
        }

        PacketWay way = new(programs, [.. handovers.Select(item => new Handover(item.Key.Item1, item.Key.Item2, item.Value))
            .OrderBy(handover => handover.From).ThenBy(handover => handover.To)]);
        if (way._handovers.Length > 64)
        {
            throw new UncertifiedException(programs[0].Name, -1, "programs hand over to each other in too many ways");
        }

        foreach (var hook in ProgramArrays.Hooks.Where(numbers.ContainsKey))
        {
            way.Follow(numbers[hook], 0);
        }

        return way;
    }

    private static ImmutableArray<string> Targets(FunctionCost program, TailCall call) =>
        ProgramArrays.Targets(call) ?? throw new UncertifiedException(program.Name, -1, "it hands a packet over nobody knows where to");

    /// <summary>The programs that one may hand a packet to, in the order of their names.</summary>
    public ImmutableArray<string> After(string program) => [.. _handovers
        .Where(handover => _programs[handover.From].Name == program).Select(handover => _programs[handover.To].Name).Order(StringComparer.Ordinal)];

    private void Follow(int program, long before)
    {
        _way.Add(program);
        TailCalls = Math.Max(TailCalls, _way.Count - 1);
        if (before + _programs[program].Paths.ToExit is var length && length > LongestPath)
        {
            (LongestPath, LongestWay) = (length, [.. _way.Select(number => _programs[number].Name)]);
        }

        for (var number = 0; number < _handovers.Length; number++)
        {
            var handover = _handovers[number];
            if (handover.From == program && (_taken >> number & 1) == 0 && ProgramArrays.MayMeet(_programs[_way[0]].Name, _programs[handover.To].Name))
            {
                _taken |= 1UL << number;
                Follow(handover.To, before + handover.LongestPath);
                _taken &= ~(1UL << number);
            }
        }

        _way.RemoveAt(_way.Count - 1);
    }
}
