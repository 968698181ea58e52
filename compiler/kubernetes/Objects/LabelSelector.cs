using System.Collections.Immutable;
using System.Diagnostics;

namespace Netpol.Kubernetes.Objects;

/// <summary>All its requirements hold together; without any, everything is selected.</summary>
internal sealed record LabelSelector(ImmutableArray<LabelRequirement> Requirements)
{
    public static LabelSelector Everything { get; } = new([]);

    public bool IsEmpty => Requirements.IsEmpty;

    /// <summary>Equal of two selectors that say the same in another order.</summary>
    public string Key => string.Join('\n', Requirements.Select(requirement => requirement.Key + ' ' + requirement.Operator + ' '
        + string.Join(',', requirement.Values.Order(StringComparer.Ordinal))).Order(StringComparer.Ordinal));

    /// <summary>The selector of exactly these labels, others not minded.</summary>
    public static LabelSelector Of(IEnumerable<KeyValuePair<string, string>> labels) =>
        new([.. labels.Select(label => new LabelRequirement(label.Key, LabelOperator.In, [label.Value]))]);

    /// <summary>No set of labels satisfies both; false where two requirements alone do not show it.</summary>
    public bool IsDisjointFrom(LabelSelector other) =>
        Requirements.Any(requirement => other.Requirements.Any(requirement.Contradicts));

    public bool Matches(IReadOnlyDictionary<string, string> labels) => Requirements.All(requirement =>
    {
        var has = labels.TryGetValue(requirement.Key, out var value);
        return requirement.Operator switch
        {
            LabelOperator.In => has && requirement.Values.Contains(value ?? ""),
            LabelOperator.NotIn => !has || !requirement.Values.Contains(value ?? ""),
            LabelOperator.Exists => has,
            LabelOperator.DoesNotExist => !has,
            _ => throw new UnreachableException(),
        };
    });
}

internal enum LabelOperator
{
    In,

    /// <summary>Holds where the key is absent.</summary>
    NotIn,
    Exists,
    DoesNotExist,
}

/// <summary>A line of <c>matchExpressions</c>; one of <c>matchLabels</c> is <c>In</c> with one value.</summary>
internal sealed record LabelRequirement(string Key, LabelOperator Operator, ImmutableArray<string> Values)
{
    public bool Contradicts(LabelRequirement other) => Key == other.Key && (Operator, other.Operator) switch
    {
        (LabelOperator.In, LabelOperator.In) => !Values.Intersect(other.Values).Any(),
        (LabelOperator.In, LabelOperator.NotIn) => Values.All(value => other.Values.Contains(value)),
        (LabelOperator.NotIn, LabelOperator.In) => other.Contradicts(this),
        (LabelOperator.DoesNotExist, LabelOperator.In or LabelOperator.Exists) => true,
        (LabelOperator.In or LabelOperator.Exists, LabelOperator.DoesNotExist) => true,
        _ => false,
    };
}
