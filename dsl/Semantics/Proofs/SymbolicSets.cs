using System.Collections.Immutable;
using System.Diagnostics;
using Netpol.Model;

namespace Netpol.Semantics.Proofs;

/// <summary>Membership of one end as a function of the variables: what <see cref="Members"/> of a model says, for an end that is not known yet.</summary>
/// <param name="sameNamespace">The end is an endpoint in the namespace of the judged one.</param>
/// <param name="translatedBy">The connection to this end was translated by the service of a name.</param>
internal sealed class SymbolicSets(
    DecisionDiagram diagram, ModelWords words, SymbolicParty party, NetworkModel model, AddressKinds kinds, int sameNamespace, Func<string, int> translatedBy)
{
    private readonly Dictionary<AddressSet, int> _known = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<AddressKind, int> _ofKind = [];

    // A declared namespace has the declared labels, whatever the runtime says of it.
    private readonly Dictionary<int, NamespaceDeclaration> _declared = model.Namespaces.ToDictionary(declared => words.NamespaceNumber(declared.Name));

    /// <summary>Is the party in a set, judged by the endpoint at the other end?</summary>
    public int Contains(AddressSet set) => _known.TryGetValue(set, out var known) ? known : _known[set] = Build(set);

    private int Build(AddressSet set) => set switch
    {
        AddressSet.Any => DecisionDiagram.True,
        AddressSet.World => diagram.And(party.Is(PartyKind.Bare), OfKind(AddressKind.World)),
        AddressSet.Host => party.Is(PartyKind.Host),
        AddressSet.Nodes => diagram.Or(
            party.Is(PartyKind.Host),
            party.Is(PartyKind.OtherNode),
            diagram.And(party.Is(PartyKind.Bare), OfKind(AddressKind.Node))),
        AddressSet.Cidr cidr => diagram.Minus(Within(cidr.Include), Within(cidr.Except)),
        AddressSet.Pods pods => diagram.And(
            party.Is(PartyKind.Endpoint),
            InScope(pods.Scope),
            pods.Where is null ? DecisionDiagram.True : Holds(pods.Where)),
        AddressSet.Service service => translatedBy(service.Name),
        AddressSet.Dns dns => diagram.And(party.Is(PartyKind.Bare), OfKind(AddressKind.World), dns.Patterns.Aggregate(
            DecisionDiagram.False, (any, pattern) => party.Answered.TryGetValue(pattern, out var answered) ? diagram.Or(any, answered.Is(1)) : any)),
        AddressSet.Named named => Contains(named.Set),
        AddressSet.Union union => union.Parts.Aggregate(DecisionDiagram.False, (result, part) => diagram.Or(result, Contains(part))),
        AddressSet.Intersection intersection => intersection.Parts.Aggregate(DecisionDiagram.True, (result, part) => diagram.And(result, Contains(part))),
        AddressSet.Difference difference => diagram.Minus(Contains(difference.Left), Contains(difference.Right)),
        _ => throw new UnreachableException(),
    };

    private int OfKind(AddressKind kind) => _ofKind.TryGetValue(kind, out var known)
        ? known
        : _ofKind[kind] = party.Region.Where(region => kinds.Of(words.Regions.First(region)) == kind);

    private int Within(ImmutableArray<Prefix> prefixes)
    {
        var result = DecisionDiagram.False;
        foreach (var prefix in prefixes)
        {
            var (first, last) = words.Regions.Of(prefix);
            result = diagram.Or(result, party.Region.Range(first, last));
        }

        return result;
    }

    private int InScope(NamespaceScope scope) => scope switch
    {
        NamespaceScope.One one => party.Namespace.Is(words.NamespaceNumber(one.Name)),
        NamespaceScope.Any => DecisionDiagram.True,
        NamespaceScope.Same => sameNamespace,
        NamespaceScope.Matching matching => NamespaceHolds(matching.Where),
        _ => throw new UnreachableException(),
    };

    private int Holds(LabelPredicate predicate) => Build(
        predicate,
        key => diagram.Not(party.Labels[key].Is(LabelWords.Absent)),
        (key, value) => party.Labels[key].Is(words.LabelNumber(key, value)));

    private int NamespaceHolds(LabelPredicate predicate)
    {
        // The name of a namespace is a label too, and no variable of its own.
        var ofOthers = Build(
            predicate,
            key => key == Endpoint.MetadataName
                ? DecisionDiagram.True
                : diagram.Not(party.NamespaceLabels[key].Is(LabelWords.Absent)),
            (key, value) => key == Endpoint.MetadataName
                ? party.Namespace.Is(words.NamespaceNumber(value))
                : party.NamespaceLabels[key].Is(words.NamespaceLabelNumber(key, value)));
        return diagram.Or(
            party.Namespace.Where(number => _declared.TryGetValue(number, out var declared) && Holds(predicate, declared)),
            diagram.Minus(ofOthers, party.Namespace.Where(_declared.ContainsKey)));
    }

    private static bool Holds(LabelPredicate predicate, NamespaceDeclaration declared) =>
        predicate.Holds(declared.Labels.SetItem(Endpoint.MetadataName, declared.Name));

    private int Build(LabelPredicate predicate, Func<string, int> has, Func<string, string, int> equals)
    {
        return predicate switch
        {
            LabelPredicate.Equal equal => equals(equal.Key, equal.Value),
            LabelPredicate.NotEqual notEqual => diagram.Not(equals(notEqual.Key, notEqual.Value)),
            LabelPredicate.In @in => AnyOf(@in.Key, @in.Values),
            LabelPredicate.NotIn notIn => diagram.Not(AnyOf(notIn.Key, notIn.Values)),
            LabelPredicate.Has present => has(present.Key),
            LabelPredicate.Not not => diagram.Not(Build(not.Inner, has, equals)),
            LabelPredicate.And and => and.Parts.Aggregate(DecisionDiagram.True, (result, part) => diagram.And(result, Build(part, has, equals))),
            LabelPredicate.Or or => or.Parts.Aggregate(DecisionDiagram.False, (result, part) => diagram.Or(result, Build(part, has, equals))),
            _ => throw new UnreachableException(),
        };

        int AnyOf(string key, ImmutableArray<string> values) =>
            values.Aggregate(DecisionDiagram.False, (result, value) => diagram.Or(result, equals(key, value)));
    }
}
