using System.Globalization;
using Netpol.Bundle.Verdicts;

namespace Netpol.Compiler.Layout;

/// <summary>
/// What a first packet would take of either form of the same rules. Tables: the same look-ups whatever the rules. Code: at most all instructions of one
/// direction, as <c>InstructionCost</c> counts them.
/// </summary>
/// <param name="Instructions">Of code, in the direction that has more.</param>
/// <param name="ByService">A connection that a service translated asks for a second pair.</param>
public sealed record VerdictWeighing(int Instructions, bool ByService)
{
    /// <summary>
    /// So many instructions of code take as long as the look-ups of tables do. Measured (decision 8): with 10 rules at either end a new connection takes 633 ns by code and
    /// 712 by tables, with 100 it takes 689 and 668; so they are equal at 81 rules, of 19 instructions each.
    /// </summary>
    public const int TablesTake = 1_500;

    /// <summary>A pair of classes, then a node for each step of the walk by the packet.</summary>
    private const int LookUps = 1 + 3;

    // Load, mask or shift, jump; the answer and the jump to the exit: those of `InstructionCost`.
    private const int Atom = 4;
    private const int Range = 2 * Atom;
    private const int Answer = 4;

    public bool IsCodeFaster => Instructions < TablesTake;

    public static VerdictWeighing Of(VerdictTerms terms)
    {
        int[] instructions = [0, 0];
        VerdictTerm? before = null;
        foreach (var term in terms.Terms)
        {
            // Code asks once for what rules that follow each other have in common.
            var isShared = before is not null && before.IsIngress == term.IsIngress && before.Self.AsSpan().SequenceEqual(term.Self.AsSpan());
            instructions[term.IsIngress ? 1 : 0] += (isShared ? 0 : Atom * term.Self.Length) + Of(term, terms.Traffic[term.Traffic]);
            before = term;
        }

        return new VerdictWeighing(Math.Max(instructions[0], instructions[1]), terms.Terms.Any(term => term.Service != 0));
    }

    /// <summary>For people: what was weighed, and what came of it.</summary>
    public string Print() => string.Create(
        CultureInfo.InvariantCulture,
        $"a first packet takes {LookUps} look-ups in tables{(ByService ? $", {2 * LookUps} by a service," : "")} and at most {Instructions} instructions in code, where tables take as long as {TablesTake}: {(IsCodeFaster ? "code would be faster, and tables change in place (--verdicts fastest takes code)" : "tables are faster, and change in place")}");

    private static int Of(VerdictTerm term, TrafficSet traffic)
    {
        var conditions = (Atom * term.Peer.Length) + (term.SameNamespace is null ? 0 : Range) + (term.Service == 0 ? 0 : Atom)
            + traffic.Ranges.Sum(range => Atom + (IsWhole(range) ? 0 : Range)) + traffic.Names.Sum(named => Atom + (named.Space is null ? 0 : Atom));
        // A rule with `log` is written a second time.
        return (term.Logs ? 2 : 1) * (conditions + Answer);
    }

    private static bool IsWhole(TrafficRange range) => range is { First: 0, Last: ushort.MaxValue };
}
