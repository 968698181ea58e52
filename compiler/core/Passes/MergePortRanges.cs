using System.Collections.Immutable;
using Netpol.Compiler.Ir;
using Netpol.Model;

namespace Netpol.Compiler.Passes;

/// <summary>
/// Makes of the ports that one rule names for one protocol the fewest ranges, and asks the protocol once.
/// <code>
/// (tcp and port 80) or (tcp and port 81-90) or (udp and port 53)
///   =>  (tcp and port 80-90) or (udp and port 53)
/// (tcp and port 80) or (tcp and port 443)   =>   tcp and (port 80 or port 443)
/// (tcp and port 80) or tcp                  =>   tcp
/// </code>
/// </summary>
public sealed class MergePortRanges : IPass
{
    public string Name => "merge-port-ranges";

    public DecisionProgram Run(DecisionProgram program) => program.Conditions(Merge);

    internal static Condition Merge(Condition condition) =>
        Rewriting.BottomUp(condition, static node => node is Condition.Or or ? Merge(or) : node) is var merged && ReferenceEquals(merged, condition)
            ? condition
            : SimplifyConditions.Simplify(merged);

    private static Condition.Or Merge(Condition.Or or)
    {
        // Keyed by protocol and by which port is asked; the first place of a key is where its merged part stands.
        var ranges = or.Parts.Select(Recognise).ToImmutableArray();
        if (ranges.All(range => range is null))
        {
            return or;
        }

        var merged = ranges.OfType<PortRange>().ToLookup(range => (range.Protocol, range.IsServicePort));
        var seen = new HashSet<(Protocol, bool)>();
        var parts = ImmutableArray.CreateBuilder<Condition>();
        foreach (var (part, range) in or.Parts.Zip(ranges))
        {
            if (range is null)
            {
                parts.Add(part);
            }
            else if (seen.Add((range.Protocol, range.IsServicePort)))
            {
                parts.Add(Spell(range, Fewest(merged[(range.Protocol, range.IsServicePort)])));
            }
        }

        return new Condition.Or(parts.ToImmutable());
    }

    private static PortRange? Recognise(Condition part) => part switch
    {
        Condition.And { Parts: [Condition.ProtocolIs protocol, Condition.PortIn port] } =>
            new PortRange(protocol.Number, false, port.First, port.Last),
        Condition.And { Parts: [Condition.ProtocolIs protocol, Condition.ServicePortIn port] } =>
            new PortRange(protocol.Number, true, port.First, port.Last),
        _ => null,
    };

    private static ImmutableArray<PortRange> Fewest(IEnumerable<PortRange> ranges)
    {
        var fewest = new List<PortRange>();
        foreach (var range in ranges.OrderBy(range => range.First).ThenBy(range => range.Last))
        {
            if (fewest.Count > 0 && range.First <= fewest[^1].Last + 1)
            {
                fewest[^1] = fewest[^1] with { Last = Math.Max(fewest[^1].Last, range.Last) };
            }
            else
            {
                fewest.Add(range);
            }
        }

        return [.. fewest];
    }

    private static Condition Spell(PortRange kind, ImmutableArray<PortRange> ranges)
    {
        var protocol = new Condition.ProtocolIs(kind.Protocol);
        return ranges is [{ First: 0, Last: ushort.MaxValue }]
            ? protocol
            : Condition.All(protocol, Condition.AnyOf([.. ranges.Select(range =>
                kind.IsServicePort ? (Condition)new Condition.ServicePortIn(range.First, range.Last) : new Condition.PortIn(range.First, range.Last))]));
    }

    private sealed record PortRange(Protocol Protocol, bool IsServicePort, ushort First, ushort Last);
}
