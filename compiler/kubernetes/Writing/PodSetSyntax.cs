using System.Collections.Immutable;
using System.Diagnostics;
using Netpol.Kubernetes.Objects;
using Netpol.Syntax;

namespace Netpol.Kubernetes.Writing;

/// <summary>Sets of pods and label selectors as the language spells them.</summary>
internal static class PodSetSyntax
{
    /// <param name="defaultNamespace">That of the file, which need not be written; null where there is none.</param>
    public static SetSyntax.Pods Of(PodSet set, string? defaultNamespace) => new(Scope(set, defaultNamespace), Predicate(set.Pods));

    public static PredicateSyntax? Predicate(LabelSelector selector) => selector.Requirements switch
    {
        [] => null,
        [var only] => Predicate(only),
        var several => new PredicateSyntax.And([.. several.Select(Predicate)]),
    };

    private static ScopeSyntax? Scope(PodSet set, string? defaultNamespace) =>
        set.Namespace is { } name ? (name == defaultNamespace ? null : new ScopeSyntax.One(name))
        : set.Namespaces is { } selector && Predicate(selector) is { } predicate ? new ScopeSyntax.Matching(predicate)
        : new ScopeSyntax.Any();

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
