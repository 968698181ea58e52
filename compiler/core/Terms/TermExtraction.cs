using System.Collections.Immutable;
using System.Globalization;
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
public sealed class TermExtraction
{
    private readonly List<TrafficSet> _traffic = [];
    private readonly Dictionary<string, int> _trafficIds = new(StringComparer.Ordinal);
    private readonly ImmutableArray<VerdictTerm>.Builder _terms = ImmutableArray.CreateBuilder<VerdictTerm>();

    private TermExtraction()
    {
    }

    public static TermResult Extract(DecisionProgram program)
    {
        var extraction = new TermExtraction();
        foreach (var (direction, isIngress) in new[] { (program.Egress, false), (program.Ingress, true) })
        {
            foreach (var (steps, denies) in new[] { (direction.Deny, true), (direction.Allow, false) })
            {
                foreach (var (clause, guards) in Step.GuardedClauses(steps))
                {
                    if (extraction.Add(clause, guards, denies, isIngress) is { } refusal)
                    {
                        return new TermResult(null, refusal);
                    }
                }
            }
        }

        return new TermResult(new VerdictTerms(extraction._terms.ToImmutable(), [.. extraction._traffic], []), "");
    }

    private string? Add(Step.Clause clause, ImmutableArray<Condition> guards, bool denies, bool isIngress)
    {
        if (Products.Of(new Condition.And(guards.Add(clause.When))) is not { } products)
        {
            return $"the rule at {clause.Origin} has too many alternatives for a table";
        }

        // Products that differ in traffic alone are one term.
        var together = new Dictionary<string, (VerdictTerm Term, List<TrafficSet> Traffic)>(StringComparer.Ordinal);
        foreach (var product in products)
        {
            if (Term(clause, product, denies, isIngress, out var term, out var traffic) is { } refusal)
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
            _terms.Add(term with { Traffic = TrafficId(traffic) });
        }

        return null;
    }

    private static string? Term(
        Step.Clause clause, ImmutableArray<Literal> product, bool denies, bool isIngress, out VerdictTerm? term, out TrafficSet traffic)
    {
        (term, traffic) = (null, new TrafficSet([], []));
        var self = new SortedDictionary<int, bool>();
        var peer = new SortedDictionary<int, bool>();
        bool? sameNamespace = null;
        var service = 0;
        var ofTraffic = ImmutableArray.CreateBuilder<Literal>();
        foreach (var literal in product)
        {
            switch (literal.Atom)
            {
                case Condition.SelfIn atom:
                    if (!self.TryAdd(atom.Set.Index, literal.IsTrue) && self[atom.Set.Index] != literal.IsTrue)
                    {
                        return null;
                    }

                    break;
                case Condition.PeerIn atom:
                    if (!peer.TryAdd(atom.Set.Index, literal.IsTrue) && peer[atom.Set.Index] != literal.IsTrue)
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

        if (TrafficRanges.Of(ofTraffic.ToImmutable(), service != 0) is not { } ranges)
        {
            return $"the rule at {clause.Origin} asks for ports in a way that is no range";
        }

        traffic = ranges;
        term = ranges is { Ranges: [], Names: [] }
            ? null
            : new VerdictTerm(clause.Rule, denies, clause.Log == LogAnswer.Yes, isIngress, Literals(self), Literals(peer), sameNamespace, service, 0);
        return null;
    }

    private static ImmutableArray<SetLiteral> Literals(SortedDictionary<int, bool> sets) =>
        [.. sets.Select(set => new SetLiteral(set.Key, set.Value))];

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

    private int TrafficId(List<TrafficSet> parts)
    {
        ImmutableArray<TrafficRange> ranges = [.. parts.SelectMany(part => part.Ranges).Distinct()
            .OrderBy(range => range.Space).ThenBy(range => range.First).ThenBy(range => range.Last)];
        ImmutableArray<NamedTraffic> names = [.. parts.SelectMany(part => part.Names).Distinct()
            .OrderBy(named => named.Name).ThenBy(named => named.Space)];
        var key = new StringBuilder();
        foreach (var range in ranges)
        {
            key.Append(CultureInfo.InvariantCulture, $"{(int)range.Space}:{range.First}-{range.Last} ");
        }

        foreach (var named in names)
        {
            key.Append(CultureInfo.InvariantCulture, $"n{named.Name}:{(int?)named.Space} ");
        }

        if (!_trafficIds.TryGetValue(key.ToString(), out var id))
        {
            id = _traffic.Count;
            _traffic.Add(new TrafficSet(ranges, names));
            _trafficIds.Add(key.ToString(), id);
        }

        return id;
    }
}
