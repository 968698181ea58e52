using System.Collections.Immutable;
using System.Diagnostics;
using Netpol.Kubernetes.Objects;
using Netpol.Syntax;

namespace Netpol.Kubernetes.Writing;

/// <summary>A set of pods as Kubernetes selects them: some namespaces, and labels.</summary>
/// <param name="Namespace">The one namespace; null where <paramref name="Namespaces"/> says which.</param>
/// <param name="Namespaces">Null where there is one namespace; empty: all of them.</param>
internal sealed record PodSet(string? Namespace, LabelSelector? Namespaces, LabelSelector Pods)
{
    private const string NameLabel = "kubernetes.io/metadata.name";

    /// <summary>Equal of sets that hold the same pods for the same reason.</summary>
    public string Key { get; } = $"{Namespace}\0{Namespaces?.Key}\0{(Namespaces is null ? 'n' : 's')}\0{Pods.Key}";

    public static PodSet In(string @namespace, LabelSelector pods) => new(@namespace, null, pods);

    /// <summary>The pods of a peer; without <c>namespaceSelector</c> those of the policy's own namespace.</summary>
    public static PodSet Of(PolicyPeer.Selected peer, string ownNamespace) => peer.Namespaces switch
    {
        null => In(ownNamespace, peer.Pods ?? LabelSelector.Everything),
        { Requirements: [{ Key: NameLabel, Operator: LabelOperator.In, Values: [var name] }] } => In(name, peer.Pods ?? LabelSelector.Everything),
        var namespaces => new PodSet(null, namespaces, peer.Pods ?? LabelSelector.Everything),
    };

    /// <param name="defaultNamespace">That of the file, which need not be written; null where there is none.</param>
    public SetSyntax.Pods ToSyntax(string? defaultNamespace) => new(Scope(defaultNamespace), Predicate(Pods));

    private ScopeSyntax? Scope(string? defaultNamespace) =>
        Namespace is { } name ? (name == defaultNamespace ? null : new ScopeSyntax.One(name))
        : Namespaces is { } selector && Predicate(selector) is { } predicate ? new ScopeSyntax.Matching(predicate)
        : new ScopeSyntax.Any();

    private static PredicateSyntax? Predicate(LabelSelector selector) => selector.Requirements switch
    {
        [] => null,
        [var only] => Predicate(only),
        var several => new PredicateSyntax.And([.. several.Select(Predicate)]),
    };

    private static PredicateSyntax Predicate(LabelRequirement requirement) => (requirement.Operator, requirement.Values) switch
    {
        (LabelOperator.In, [var value]) => new PredicateSyntax.Equal(requirement.Key, value),
        (LabelOperator.In, var values) => new PredicateSyntax.In(requirement.Key, Spell(values)),
        (LabelOperator.NotIn, [var value]) => new PredicateSyntax.NotEqual(requirement.Key, value),
        (LabelOperator.NotIn, var values) => new PredicateSyntax.NotIn(requirement.Key, Spell(values)),
        (LabelOperator.Exists, _) => new PredicateSyntax.Has(requirement.Key),
        (LabelOperator.DoesNotExist, _) => new PredicateSyntax.Not(new PredicateSyntax.Has(requirement.Key)),
        _ => throw new UnreachableException(),
    };

    private static ImmutableArray<Spelled<string>> Spell(ImmutableArray<string> values) => [.. values.Select(value => (Spelled<string>)value)];
}
