using System.Collections.Immutable;
using System.Diagnostics;
using Netpol.Compiler.Ir;
using Netpol.Model;
using Netpol.Semantics;

namespace Netpol.Compiler.Layout;

/// <summary>
/// Which sets hold the addresses of a region, kept up to date while a walk goes into prefixes and out of them again.
/// Only for addresses that no endpoint has: there <c>pods</c> and <c>host</c> hold nobody.
/// </summary>
internal sealed class SetMembership
{
    private readonly ImmutableArray<MemberSet> _sets;
    private readonly ImmutableArray<int> _kindDependent;
    private readonly Dictionary<AddressSet.Cidr, CidrCount> _counts = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<Prefix, List<CidrEdge>> _edges = [];

    /// <param name="sets">Those outside verdicts count as empty: nobody asks them for such addresses.</param>
    public SetMembership(ImmutableArray<MemberSet> sets)
    {
        _sets = sets;
        var asked = sets.Where(set => !set.IsOutsideVerdicts).ToList();
        _kindDependent = [.. asked.Where(set => DependsOnKind(set.Expression)).Select(set => set.Id.Index)];
        foreach (var set in asked)
        {
            foreach (var cidr in Cidrs(set.Expression))
            {
                // One written set can be part of several: each counts for itself.
                if (!_counts.TryGetValue(cidr, out var count))
                {
                    _counts.Add(cidr, count = new CidrCount());
                    AddEdges(cidr.Include, count, isInclude: true);
                    AddEdges(cidr.Except, count, isInclude: false);
                }

                count.Bits.Add(set.Id.Index);
            }
        }
    }

    /// <summary>Every prefix at which a set may begin or end.</summary>
    public IEnumerable<Prefix> Boundaries => _edges.Keys;

    /// <summary>Goes into a prefix.</summary>
    /// <param name="kind">Of the addresses that are in this prefix and in no longer one.</param>
    /// <param name="outer">The members around it; null at the outermost.</param>
    public BitSet Enter(Prefix prefix, AddressKind kind, BitSet? outer, AddressKind? outerKind)
    {
        Move(prefix, 1);
        return outer is not { } members
            ? BitSet.Empty(_sets.Length).With(Enumerable.Range(0, _sets.Length), bit => !_sets[bit].IsOutsideVerdicts && Holds(_sets[bit].Expression, kind))
            : members.With(Changed(prefix, kind == outerKind), bit => Holds(_sets[bit].Expression, kind));
    }

    public void Leave(Prefix prefix) => Move(prefix, -1);

    private void AddEdges(ImmutableArray<Prefix> prefixes, CidrCount count, bool isInclude)
    {
        foreach (var prefix in prefixes)
        {
            if (!_edges.TryGetValue(prefix, out var edges))
            {
                _edges.Add(prefix, edges = []);
            }

            edges.Add(new CidrEdge(count, isInclude));
        }
    }

    private void Move(Prefix prefix, int step)
    {
        foreach (var edge in Edges(prefix))
        {
            if (edge.IsInclude)
            {
                edge.Count.Included += step;
            }
            else
            {
                edge.Count.Excepted += step;
            }
        }
    }

    private List<CidrEdge> Edges(Prefix prefix) => _edges.TryGetValue(prefix, out var edges) ? edges : [];

    private IEnumerable<int> Changed(Prefix prefix, bool isSameKind)
    {
        var byCidr = Edges(prefix).SelectMany(edge => edge.Count.Bits);
        return isSameKind ? byCidr : byCidr.Concat(_kindDependent);
    }

    private bool Holds(AddressSet set, AddressKind kind) => set switch
    {
        AddressSet.Any => true,
        AddressSet.World => kind == AddressKind.World,
        AddressSet.Nodes => kind == AddressKind.Node,
        AddressSet.Host or AddressSet.Pods => false,
        AddressSet.Cidr cidr => _counts[cidr] is { Included: > 0, Excepted: 0 },
        AddressSet.Union union => union.Parts.Any(part => Holds(part, kind)),
        AddressSet.Intersection intersection => intersection.Parts.All(part => Holds(part, kind)),
        AddressSet.Difference difference => Holds(difference.Left, kind) && !Holds(difference.Right, kind),
        _ => throw new UnreachableException(),
    };

    private static IEnumerable<AddressSet.Cidr> Cidrs(AddressSet set) => set switch
    {
        AddressSet.Cidr cidr => [cidr],
        AddressSet.Union union => union.Parts.SelectMany(Cidrs),
        AddressSet.Intersection intersection => intersection.Parts.SelectMany(Cidrs),
        AddressSet.Difference difference => Cidrs(difference.Left).Concat(Cidrs(difference.Right)),
        _ => [],
    };

    private static bool DependsOnKind(AddressSet set) => set switch
    {
        AddressSet.World or AddressSet.Nodes => true,
        AddressSet.Union union => union.Parts.Any(DependsOnKind),
        AddressSet.Intersection intersection => intersection.Parts.Any(DependsOnKind),
        AddressSet.Difference difference => DependsOnKind(difference.Left) || DependsOnKind(difference.Right),
        _ => false,
    };

    /// <summary>How many prefixes of one <c>cidr</c> the walk is inside, and the sets that ask.</summary>
    private sealed class CidrCount
    {
        public int Included { get; set; }

        public int Excepted { get; set; }

        public SortedSet<int> Bits { get; } = [];
    }

    private sealed record CidrEdge(CidrCount Count, bool IsInclude);
}
