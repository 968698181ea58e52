using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Netpol.Bundle;
using Netpol.Bundle.Verdicts;
using Netpol.Compiler.Ir;

namespace Netpol.Compiler.Terms;

/// <summary>The dump of terms; what the snapshots hold.</summary>
public static class TermPrinter
{
    public static string Print(DecisionProgram program, VerdictTerms terms)
    {
        var text = new StringBuilder();
        foreach (var term in terms.Terms)
        {
            text.Append(term.IsIngress ? "ingress " : "egress ").Append(Form(term))
                .Append(CultureInfo.InvariantCulture, $" #{term.Rule}{(term.Logs ? " log" : "")}: self {Sets(term.Self)}, peer {Peer(term)}, ")
                .Append(Traffic(program, terms.Traffic[term.Traffic])).Append("   // ").Append(program.Rules[term.Rule - 1].Origin).Append('\n');
        }

        return text.ToString();
    }

    // Only where the stage says more than the verdict, it is said.
    private static string Form(VerdictTerm term) => term.Stage switch
    {
        RuleStage.Admin or RuleStage.Baseline => string.Create(
            CultureInfo.InvariantCulture, $"{Word(term.Stage)} {term.Place} {(term.Verdict == Verdict.None ? "pass" : Word(term.Verdict))}"),
        RuleStage.Limited => "limited allow",
        _ => Word(term.Verdict),
    };

    private static string Word<T>(T value)
        where T : struct, Enum => value.ToString().ToLowerInvariant();

    private static string Peer(VerdictTerm term) => term.Service > 0
        ? string.Create(CultureInfo.InvariantCulture, $"service {term.Service}")
        : Sets(term.Peer) + term.SameNamespace switch { true => " in same namespace", false => " in another namespace", null => "" };

    private static string Sets(ImmutableArray<SetLiteral> literals) => literals.IsEmpty
        ? "any"
        : string.Join(" & ", literals.Select(literal => string.Create(CultureInfo.InvariantCulture, $"{(literal.IsIn ? "" : "not ")}s{literal.Set}")));

    private static string Traffic(DecisionProgram program, TrafficSet traffic) => string.Join(" | ",
    [
        .. traffic.Ranges.Select(range => $"{Name(range.Space)} {Range(range)}"),
        .. traffic.Names.Select(named => $"{(named.Space is { } space ? Name(space) : "any")} port {program.PortNames[named.Name]}"),
    ]);

    private static string Name(TrafficSpace space) => space.ToString().ToLowerInvariant();

    private static string Range(TrafficRange range) => (range.First, range.Last) switch
    {
        (0, ushort.MaxValue) => "all",
        _ when range.First == range.Last => string.Create(CultureInfo.InvariantCulture, $"{range.First}"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{range.First}-{range.Last}"),
    };
}
