using System.Collections.Immutable;
using System.Diagnostics;

namespace Netpol.Model;

/// <summary>
/// A condition on a set of labels, with the meaning of Kubernetes' label selectors: <c>!=</c> and <c>not in</c> hold
/// where the key is absent.
/// </summary>
public abstract record LabelPredicate
{
    private LabelPredicate()
    {
    }

    /// <summary><c>key == "value"</c></summary>
    public sealed record Equal(string Key, string Value) : LabelPredicate;

    /// <summary><c>key != "value"</c>; holds where the key is absent.</summary>
    public sealed record NotEqual(string Key, string Value) : LabelPredicate;

    /// <summary><c>key in ("a", "b")</c></summary>
    public sealed record In(string Key, ImmutableArray<string> Values) : LabelPredicate;

    /// <summary><c>key not in ("a", "b")</c>; holds where the key is absent.</summary>
    public sealed record NotIn(string Key, ImmutableArray<string> Values) : LabelPredicate;

    /// <summary><c>has key</c></summary>
    public sealed record Has(string Key) : LabelPredicate;

    public sealed record Not(LabelPredicate Inner) : LabelPredicate;

    public sealed record And(ImmutableArray<LabelPredicate> Parts) : LabelPredicate;

    public sealed record Or(ImmutableArray<LabelPredicate> Parts) : LabelPredicate;

    public bool Holds(IReadOnlyDictionary<string, string> labels) => this switch
    {
        Equal equal => labels.TryGetValue(equal.Key, out var value) && value == equal.Value,
        NotEqual notEqual => !labels.TryGetValue(notEqual.Key, out var value) || value != notEqual.Value,
        In @in => labels.TryGetValue(@in.Key, out var value) && @in.Values.Contains(value),
        NotIn notIn => !labels.TryGetValue(notIn.Key, out var value) || !notIn.Values.Contains(value),
        Has has => labels.ContainsKey(has.Key),
        Not not => !not.Inner.Holds(labels),
        And and => and.Parts.All(part => part.Holds(labels)),
        Or or => or.Parts.Any(part => part.Holds(labels)),
        _ => throw new UnreachableException(),
    };
}
