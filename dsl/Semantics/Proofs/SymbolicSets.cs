using System.Collections.Immutable;
using System.Diagnostics;
using Netpol.Model;

namespace Netpol.Semantics.Proofs;

/// <summary>Membership as a function of the variables: <see cref="Members"/> for an end that is not known yet.</summary>
internal sealed class SymbolicSets(SymbolicWorld world)
{
    private readonly Dictionary<(AddressSet Set, bool IsSource), int> _known = new(SetReference.Comparer);

    private DecisionDiagram Diagram => world.Diagram;

    /// <summary>Is the party in a set, judged by the endpoint at the other end?</summary>
    public int Contains(AddressSet set, SymbolicParty party)
    {
        var key = (set, ReferenceEquals(party, world.Source));
        return _known.TryGetValue(key, out var known) ? known : _known[key] = Build(set, party);
    }

    private int Build(AddressSet set, SymbolicParty party) => set switch
    {
        AddressSet.Any => DecisionDiagram.True,
        AddressSet.World => Diagram.And(party.Is(PartyKind.Bare), OfKind(party, AddressKind.World)),
        AddressSet.Host => party.Is(PartyKind.Host),
        AddressSet.Nodes => Diagram.Or(
            party.Is(PartyKind.Host),
            party.Is(PartyKind.OtherNode),
            Diagram.And(party.Is(PartyKind.Bare), OfKind(party, AddressKind.Node))),
        AddressSet.Cidr cidr => Diagram.And(Within(party, cidr.Include), Diagram.Not(Within(party, cidr.Except))),
        AddressSet.Pods pods => Diagram.And(
            party.Is(PartyKind.Endpoint),
            InScope(pods.Scope, party),
            pods.Where is null ? DecisionDiagram.True : Holds(pods.Where, party.Labels, world.Vocabulary.Labels)),
        AddressSet.Service service => ReferenceEquals(party, world.Destination)
            ? world.Via.Where(way => way > 0 && world.Ways[way - 1].Service.Name == service.Name)
            : DecisionDiagram.False,
        AddressSet.Named named => Contains(named.Set, party),
        AddressSet.Union union => union.Parts.Aggregate(DecisionDiagram.False, (result, part) => Diagram.Or(result, Contains(part, party))),
        AddressSet.Intersection intersection =>
            intersection.Parts.Aggregate(DecisionDiagram.True, (result, part) => Diagram.And(result, Contains(part, party))),
        AddressSet.Difference difference => Diagram.And(
            Contains(difference.Left, party), Diagram.Not(Contains(difference.Right, party))),
        _ => throw new UnreachableException(),
    };

    private int OfKind(SymbolicParty party, AddressKind kind) =>
        party.Region.Where(region => world.Kinds.Of(world.Regions.First(region)) == kind);

    private int Within(SymbolicParty party, ImmutableArray<Prefix> prefixes)
    {
        var result = DecisionDiagram.False;
        foreach (var prefix in prefixes)
        {
            var (first, last) = world.Regions.Of(prefix);
            result = Diagram.Or(result, party.Region.Range(first, last));
        }

        return result;
    }

    private int InScope(NamespaceScope scope, SymbolicParty party) => scope switch
    {
        NamespaceScope.One one => party.Namespace.Is(world.Namespaces.IndexOf(one.Name)),
        NamespaceScope.Any => DecisionDiagram.True,
        NamespaceScope.Same => Diagram.And(world.Other(party).Is(PartyKind.Endpoint), world.SameNamespace),
        NamespaceScope.Matching matching => NamespaceHolds(matching.Where, party),
        _ => throw new UnreachableException(),
    };

    private int Holds(
        LabelPredicate predicate, IReadOnlyDictionary<string, Choice> labels, IReadOnlyDictionary<string, SortedSet<string>> words) =>
        Build(
            predicate,
            key => Diagram.Not(labels[key].Is(LabelWords.Absent)),
            (key, value) => labels[key].Is(LabelWords.Index(words[key], value)));

    /// <summary>The name of a namespace is a label too, and no variable of its own.</summary>
    private int NamespaceHolds(LabelPredicate predicate, SymbolicParty party) => Build(
        predicate,
        key => key == Endpoint.MetadataName
            ? DecisionDiagram.True
            : Diagram.Not(party.NamespaceLabels[key].Is(LabelWords.Absent)),
        (key, value) => key == Endpoint.MetadataName
            ? party.Namespace.Is(world.Namespaces.IndexOf(value))
            : party.NamespaceLabels[key].Is(LabelWords.Index(world.Vocabulary.NamespaceLabels[key], value)));

    private int Build(LabelPredicate predicate, Func<string, int> has, Func<string, string, int> equals)
    {
        return predicate switch
        {
            LabelPredicate.Equal equal => equals(equal.Key, equal.Value),
            LabelPredicate.NotEqual notEqual => Diagram.Not(equals(notEqual.Key, notEqual.Value)),
            LabelPredicate.In @in => AnyOf(@in.Key, @in.Values),
            LabelPredicate.NotIn notIn => Diagram.Not(AnyOf(notIn.Key, notIn.Values)),
            LabelPredicate.Has present => has(present.Key),
            LabelPredicate.Not not => Diagram.Not(Build(not.Inner, has, equals)),
            LabelPredicate.And and => and.Parts.Aggregate(DecisionDiagram.True, (result, part) => Diagram.And(result, Build(part, has, equals))),
            LabelPredicate.Or or => or.Parts.Aggregate(DecisionDiagram.False, (result, part) => Diagram.Or(result, Build(part, has, equals))),
            _ => throw new UnreachableException(),
        };

        int AnyOf(string key, ImmutableArray<string> values) =>
            values.Aggregate(DecisionDiagram.False, (result, value) => Diagram.Or(result, equals(key, value)));
    }

    /// <summary>Sets compare by reference here: structural hashes of large trees would cost more than they save.</summary>
    private sealed class SetReference : IEqualityComparer<(AddressSet Set, bool IsSource)>
    {
        public static SetReference Comparer { get; } = new();

        public bool Equals((AddressSet Set, bool IsSource) x, (AddressSet Set, bool IsSource) y) =>
            ReferenceEquals(x.Set, y.Set) && x.IsSource == y.IsSource;

        public int GetHashCode((AddressSet Set, bool IsSource) obj) =>
            HashCode.Combine(System.Runtime.CompilerServices.RuntimeHelpers.GetHashCode(obj.Set), obj.IsSource);
    }
}
