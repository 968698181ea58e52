using System.Collections.Immutable;
using System.Text;
using Netpol.Bundle.Verdicts;
using Netpol.Compiler.Ir;

namespace Netpol.Compiler.Terms;

/// <summary>
/// Takes the rules apart into products of conditions on one end, on the other, and on the traffic, which is what tables are made of.
/// <code>
/// allow #4 when self in s0 and (peer in s1 or (same namespace and peer in s2)) and tcp and (port 80 or port 443)
///   =>  #4  s0 x s1                   x {tcp 80, tcp 443}
///       #4  s0 x s2 in one namespace  x {tcp 80, tcp 443}
/// </code>
/// </summary>
public static class TermExtraction
{
    public static TermResult Extract(DecisionProgram program)
    {
        var traffic = new TrafficTable();
        var terms = ImmutableArray.CreateBuilder<VerdictTerm>();
        foreach (var (direction, isIngress) in new[] { (program.Egress, false), (program.Ingress, true) })
        {
            foreach (var list in direction.Lists)
            {
                foreach (var (clause, guards) in Step.GuardedClauses(list.Steps))
                {
                    var form = TermForm.Of(list.Stage, clause) with { Place = program.Rules[clause.Rule - 1].Place };
                    if (Extract(clause, guards, form, isIngress, traffic, terms) is { } refusal)
                    {
                        return new TermResult(null, refusal);
                    }
                }
            }
        }

        return new TermResult(new VerdictTerms(terms.ToImmutable(), traffic.ToImmutable(), []), "");
    }

    /// <summary>Adds the terms of one clause.</summary>
    /// <returns>Why it has none; null: all is well.</returns>
    internal static string? Extract(
        Step.Clause clause, ImmutableArray<Condition> guards, TermForm form, bool isIngress, TrafficTable table, ICollection<VerdictTerm> terms)
    {
        if (Products.Of(new Condition.And(guards.Add(clause.When))) is not { } products)
        {
            return $"the rule at {clause.Origin} has too many alternatives for a table";
        }

        if (products is [var single])
        {
            var failure = Term(clause, single, form, isIngress, out var only, out var its);
            if (only is not null)
            {
                terms.Add(only with { Traffic = table.Add(its) });
            }

            return failure;
        }

        // Products that differ in traffic alone are one term.
        var together = new Dictionary<string, (VerdictTerm Term, List<TrafficSet> Traffic)>(StringComparer.Ordinal);
        foreach (var product in products)
        {
            if (Term(clause, product, form, isIngress, out var term, out var traffic) is { } refusal)
            {
                return refusal;
            }

            if (term is null)
            {
                continue;
            }

            var key = Key(term);
            if (!together.TryGetValue(key, out var entry))
            {
                together.Add(key, entry = (term, []));
            }

            entry.Traffic.Add(traffic);
        }

        foreach (var (term, traffic) in together.Values)
        {
            terms.Add(term with { Traffic = table.Add(traffic) });
        }

        return null;
    }

    private static string? Term(
        Step.Clause clause, ImmutableArray<Literal> product, TermForm form, bool isIngress, out VerdictTerm? term, out TrafficSet traffic)
    {
        (term, traffic) = (null, new TrafficSet([], []));
        List<SetLiteral> self = [], peer = [];
        bool? sameNamespace = null;
        var service = 0;
        var ofTraffic = ImmutableArray.CreateBuilder<Literal>();
        foreach (var literal in product)
        {
            switch (literal.Atom)
            {
                case Condition.SelfIn atom:
                    if (Contradicts(self, new SetLiteral(atom.Set.Index, literal.IsTrue)))
                    {
                        return null;
                    }

                    break;
                case Condition.PeerIn atom:
                    if (Contradicts(peer, new SetLiteral(atom.Set.Index, literal.IsTrue)))
                    {
                        return null;
                    }

                    break;
                case Condition.SameNamespace:
                    if (sameNamespace is { } known && known != literal.IsTrue)
                    {
                        return null;
                    }

                    sameNamespace = literal.IsTrue;
                    break;
                case Condition.ServiceIs atom:
                    if (!literal.IsTrue)
                    {
                        return $"the rule at {clause.Origin} asks that a service did not translate the connection";
                    }

                    if (service != 0 && service != atom.Service)
                    {
                        return null;
                    }

                    service = atom.Service;
                    break;
                default:
                    ofTraffic.Add(literal);
                    break;
            }
        }

        if (service != 0 && (peer.Count > 0 || sameNamespace is not null))
        {
            return $"the rule at {clause.Origin} asks for a service and for who its backend is";
        }

        // A packet's two answers, by its peer and by its service, are joined when it comes: of which tier they are would be too late to ask.
        if (service != 0 && form.Stage is RuleStage.Admin or RuleStage.Baseline)
        {
            return $"the rule at {clause.Origin} asks for a service in a tier of its own order";
        }

        if (TrafficRanges.Of(ofTraffic.ToImmutable(), service != 0) is not { } ranges)
        {
            return $"the rule at {clause.Origin} asks for ports in a way that is no range";
        }

        traffic = ranges;
        term = ranges is { Ranges: [], Names: [] }
            ? null
            : new VerdictTerm(
                clause.Rule, form.Stage, form.Verdict, form.Place, clause.Log == LogAnswer.Yes, isIngress, [.. self], [.. peer], sameNamespace, service, 0);
        return null;
    }

    // Else it is among them now, which are by set.
    private static bool Contradicts(List<SetLiteral> literals, SetLiteral added)
    {
        var place = literals.FindIndex(literal => literal.Set >= added.Set);
        if (place >= 0 && literals[place].Set == added.Set)
        {
            return literals[place].IsIn != added.IsIn;
        }

        literals.Insert(place < 0 ? literals.Count : place, added);
        return false;
    }

    private static string Key(VerdictTerm term)
    {
        var key = new StringBuilder();
        foreach (var literal in term.Self)
        {
            key.Append(literal.IsIn ? 's' : '-').Append(literal.Set);
        }

        foreach (var literal in term.Peer)
        {
            key.Append(literal.IsIn ? 'p' : '~').Append(literal.Set);
        }

        return key.Append(term.SameNamespace switch { true => 'n', false => '!', null => ' ' }).Append(term.Service).ToString();
    }
}
