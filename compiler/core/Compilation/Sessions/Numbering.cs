using System.Collections.Immutable;
using Netpol.Bundle.Verdicts;

namespace Netpol.Compiler.Compilation.Sessions;

/// <summary>
/// The numbers that sets and port names have in a bundle. The same object for as long as no number changes: a table that grew has them for more.
/// </summary>
internal sealed class Numbering
{
    private int[] _portNames;

    private Numbering(int[] sets, int[] portNames) => (Sets, _portNames) = (sets, portNames);

    /// <summary>By a set of <see cref="RuleCompiler.Sets"/>; -1 of one that is not in use.</summary>
    public int[] Sets { get; private set; }

    /// <param name="portNames">By a name of <see cref="RuleCompiler.PortNames"/>.</param>
    public static Numbering Of(Numbering? earlier, int[] sets, int[] portNames)
    {
        if (earlier is null || !sets.AsSpan().StartsWith(earlier.Sets) || !portNames.AsSpan().StartsWith(earlier._portNames))
        {
            return new Numbering(sets, portNames);
        }

        (earlier.Sets, earlier._portNames) = (sets, portNames);
        return earlier;
    }

    public ImmutableArray<SetLiteral> Of(ImmutableArray<SetLiteral> literals) => literals.Length switch
    {
        0 => literals,
        1 when Sets[literals[0].Set] == literals[0].Set => literals,
        1 => [literals[0] with { Set = Sets[literals[0].Set] }],
        _ => [.. literals.Select(literal => literal with { Set = Sets[literal.Set] }).OrderBy(literal => literal.Set)],
    };

    public TrafficSet Of(TrafficSet traffic) => traffic.Names.IsEmpty
        ? traffic
        : traffic with { Names = [.. traffic.Names.Select(named => named with { Name = _portNames[named.Name] }).OrderBy(named => named.Name).ThenBy(named => named.Space)] };
}
