using System.Collections.Immutable;
using System.Diagnostics;
using Netpol.Kubernetes.Objects;
using Netpol.Model;

namespace Netpol.Kubernetes.Export;

/// <summary>Sets as unions of <see cref="SetTerm"/>s. What has no such form is a problem in words.</summary>
/// <param name="ownNamespace">That of every pod the policy selects, for <c>same namespace</c>; null where there are several.</param>
/// <param name="isSubject">After <c>for</c>, where <c>any</c> means every endpoint.</param>
internal sealed class SetTerms(string? ownNamespace, bool isSubject)
{
    /// <summary>As many as no rule of Kubernetes can hold; conditions that need more are not written out.</summary>
    public const int MostTerms = 1000;

    private string? _problem;

    /// <returns>No terms: the set is empty, or there is a problem.</returns>
    public static (ImmutableArray<SetTerm> Terms, string? Problem) Of(AddressSet set, string? ownNamespace, bool isSubject = false)
    {
        var terms = new SetTerms(ownNamespace, isSubject);
        ImmutableArray<SetTerm> found = [.. terms.Expand(set).Take(MostTerms + 1)];
        return terms._problem is { } problem ? ([], problem)
            : found.Length > MostTerms ? ([], $"it has more than {MostTerms} alternatives")
            : (found, null);
    }

    private ImmutableArray<SetTerm> Expand(AddressSet set) => set switch
    {
        AddressSet.Any when isSubject => [new SetTerm.Pods(LabelSelector.Everything, LabelSelector.Everything)],
        AddressSet.Any => [new SetTerm.Everything()],
        AddressSet.World => [new SetTerm.Word("world")],
        AddressSet.Host => [new SetTerm.Word("host")],
        AddressSet.Nodes => [new SetTerm.Nodes()],
        AddressSet.Cidr cidr => [new SetTerm.Addresses(cidr.Include, cidr.Except)],
        AddressSet.Pods pods => Pods(pods),
        AddressSet.Service service => [new SetTerm.Word($"service {service.Name}")],
        AddressSet.Dns => [new SetTerm.Word("dns")],
        AddressSet.Named named => Expand(named.Set),
        AddressSet.Union union => [.. union.Parts.SelectMany(part => Expand(part))],
        AddressSet.Intersection intersection => intersection.Parts.Select(Expand).Aggregate(Meet),
        AddressSet.Difference difference => Subtract(Expand(difference.Left), Expand(difference.Right)),
        _ => throw new UnreachableException(),
    };

    private ImmutableArray<SetTerm> Pods(AddressSet.Pods pods)
    {
        var namespaces = pods.Scope switch
        {
            NamespaceScope.Any => SelectorTerms.Everything,
            NamespaceScope.One one => [Named(one.Name)],
            NamespaceScope.Same when ownNamespace is not null => [Named(ownNamespace)],
            NamespaceScope.Same => Fail<LabelSelector>("`same namespace` of pods of several namespaces"),
            NamespaceScope.Matching matching => SelectorTerms.Of(matching.Where),
            _ => throw new UnreachableException(),
        };
        return
        [
            .. from @namespace in namespaces
               from selector in SelectorTerms.Of(pods.Where)
               select (SetTerm)new SetTerm.Pods(@namespace, selector),
        ];
    }

    private static LabelSelector Named(string @namespace) => new([new LabelRequirement(PodSet.NameLabel, LabelOperator.In, [@namespace])]);

    private ImmutableArray<SetTerm> Meet(ImmutableArray<SetTerm> left, ImmutableArray<SetTerm> right) =>
        [.. (from one in left from other in right select Meet(one, other)).SelectMany(terms => terms).Take(MostTerms + 1)];

    private ImmutableArray<SetTerm> Meet(SetTerm one, SetTerm other) => (one, other) switch
    {
        (SetTerm.Everything, _) => [other],
        (_, SetTerm.Everything) => [one],
        (SetTerm.Pods left, SetTerm.Pods right) =>
            SelectorTerms.Meet(left.Namespaces, right.Namespaces) is { } namespaces && SelectorTerms.Meet(left.Selector, right.Selector) is { } selector
                ? [new SetTerm.Pods(namespaces, selector)]
                : [],
        (SetTerm.Addresses left, SetTerm.Addresses right) => Prefixes(PrefixAlgebra.Meet(PrefixAlgebra.Of(left), PrefixAlgebra.Of(right))),
        (SetTerm.Nodes, SetTerm.Nodes) => [one],
        (SetTerm.Word left, SetTerm.Word right) when left == right => [one],
        // A pod is no node, and neither is outside the cluster.
        (SetTerm.Pods or SetTerm.Nodes, SetTerm.Pods or SetTerm.Nodes) => [],
        (SetTerm.Pods or SetTerm.Nodes, SetTerm.Word { Text: "world" }) or (SetTerm.Word { Text: "world" }, SetTerm.Pods or SetTerm.Nodes) => [],
        _ => Fail<SetTerm>("a set by address and by label at once"),
    };

    private ImmutableArray<SetTerm> Subtract(ImmutableArray<SetTerm> left, ImmutableArray<SetTerm> right)
    {
        foreach (var other in right)
        {
            left = [.. left.SelectMany(one => Subtract(one, other)).Take(MostTerms + 1)];
        }

        return left;
    }

    private ImmutableArray<SetTerm> Subtract(SetTerm one, SetTerm other) => (one, other) switch
    {
        (_, SetTerm.Everything) => [],
        (SetTerm.Pods left, SetTerm.Pods right) =>
        [
            .. from namespaces in SelectorTerms.Complement(right.Namespaces)
               let met = SelectorTerms.Meet(left.Namespaces, namespaces)
               where met is not null
               select (SetTerm)(left with { Namespaces = met }),
            .. from selector in SelectorTerms.Complement(right.Selector)
               let met = SelectorTerms.Meet(left.Selector, selector)
               where met is not null
               select (SetTerm)(left with { Selector = met }),
        ],
        (SetTerm.Addresses left, SetTerm.Addresses right) => Prefixes(PrefixAlgebra.Subtract(PrefixAlgebra.Of(left), PrefixAlgebra.Of(right))),
        (SetTerm.Nodes, SetTerm.Nodes) => [],
        (SetTerm.Word left, SetTerm.Word right) when left == right => [],
        (SetTerm.Pods or SetTerm.Nodes, SetTerm.Pods or SetTerm.Nodes or SetTerm.Word { Text: "world" }) => [one],
        (SetTerm.Word { Text: "world" }, SetTerm.Pods or SetTerm.Nodes) => [one],
        _ => Fail<SetTerm>("a difference of sets of several kinds"),
    };

    private static ImmutableArray<SetTerm> Prefixes(ImmutableArray<Prefix> prefixes) =>
        prefixes.IsEmpty ? [] : [new SetTerm.Addresses(prefixes, [])];

    private ImmutableArray<T> Fail<T>(string problem)
    {
        _problem ??= problem;
        return [];
    }
}
