using System.Collections.Immutable;
using System.Diagnostics;
using Netpol.Kubernetes.Objects;
using Netpol.Model;

namespace Netpol.Kubernetes.Export;

/// <summary>
/// Conditions on labels as Kubernetes' selectors say them: a selector is a conjunction, so a condition is several of them, of which one must
/// hold.
/// </summary>
internal static class SelectorTerms
{
    public static ImmutableArray<LabelSelector> Everything { get; } = [LabelSelector.Everything];

    /// <returns>None: the condition can never hold.</returns>
    public static ImmutableArray<LabelSelector> Of(LabelPredicate? predicate, bool isNegated = false) => predicate switch
    {
        null => isNegated ? [] : Everything,
        LabelPredicate.Equal equal => One(equal.Key, LabelOperator.In, [equal.Value], isNegated),
        LabelPredicate.NotEqual notEqual => One(notEqual.Key, LabelOperator.NotIn, [notEqual.Value], isNegated),
        LabelPredicate.In @in => One(@in.Key, LabelOperator.In, @in.Values, isNegated),
        LabelPredicate.NotIn notIn => One(notIn.Key, LabelOperator.NotIn, notIn.Values, isNegated),
        LabelPredicate.Has has => One(has.Key, LabelOperator.Exists, [], isNegated),
        LabelPredicate.Not not => Of(not.Inner, !isNegated),
        LabelPredicate.And and => isNegated ? Any(and.Parts, isNegated) : All(and.Parts, isNegated),
        LabelPredicate.Or or => isNegated ? All(or.Parts, isNegated) : Any(or.Parts, isNegated),
        _ => throw new UnreachableException(),
    };

    /// <summary>Both at once; null where no labels satisfy both.</summary>
    public static LabelSelector? Meet(LabelSelector one, LabelSelector other) => one.IsDisjointFrom(other)
        ? null
        : new LabelSelector([.. one.Requirements.Concat(other.Requirements).DistinctBy(requirement => new LabelSelector([requirement]).Key)]);

    /// <summary>One selector for each requirement that may fail.</summary>
    public static IEnumerable<LabelSelector> Complement(LabelSelector selector) =>
        selector.Requirements.Select(requirement => new LabelSelector([Negated(requirement)]));

    private static ImmutableArray<LabelSelector> One(string key, LabelOperator @operator, ImmutableArray<string> values, bool isNegated)
    {
        var requirement = new LabelRequirement(key, @operator, values);
        return [new LabelSelector([isNegated ? Negated(requirement) : requirement])];
    }

    private static LabelRequirement Negated(LabelRequirement requirement) => requirement with
    {
        Operator = requirement.Operator switch
        {
            LabelOperator.In => LabelOperator.NotIn,
            LabelOperator.NotIn => LabelOperator.In,
            LabelOperator.Exists => LabelOperator.DoesNotExist,
            LabelOperator.DoesNotExist => LabelOperator.Exists,
            _ => throw new UnreachableException(),
        },
    };

    private static ImmutableArray<LabelSelector> Any(ImmutableArray<LabelPredicate> parts, bool isNegated) =>
        [.. parts.SelectMany(part => Of(part, isNegated)).DistinctBy(selector => selector.Key)];

    private static ImmutableArray<LabelSelector> All(ImmutableArray<LabelPredicate> parts, bool isNegated)
    {
        var terms = Everything;
        foreach (var part in parts)
        {
            // Beyond what any rule may hold the caller gives up, so no more than that is made.
            terms = [.. (from term in terms from other in Of(part, isNegated) select Meet(term, other)).OfType<LabelSelector>()
                .DistinctBy(selector => selector.Key).Take(SetTerms.MostTerms + 1)];
        }

        return terms;
    }
}
