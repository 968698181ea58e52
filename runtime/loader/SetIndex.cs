using System.Collections.Immutable;
using Netpol.Bundle;

namespace Netpol.Loader;

/// <summary>
/// A manifest's sets by a label or namespace that everybody in them has, so that of thousands an endpoint is asked about the few that it may be in.
/// </summary>
internal sealed class SetIndex
{
    private readonly List<SetEntry> _ofAnybody = [];
    private readonly Dictionary<Mark, List<SetEntry>> _byMark = [];

    internal SetIndex(Manifest manifest)
    {
        foreach (var set in manifest.Sets)
        {
            if (MarksOf(set.Expression) is not { } marks)
            {
                _ofAnybody.Add(set);
                continue;
            }

            foreach (var mark in marks.Distinct())
            {
                if (!_byMark.TryGetValue(mark, out var sets))
                {
                    _byMark.Add(mark, sets = []);
                }

                sets.Add(set);
            }
        }
    }

    /// <summary>Those that the subject may be in; some twice.</summary>
    internal IEnumerable<SetEntry> Candidates(Subject subject)
    {
        IEnumerable<SetEntry> found = _ofAnybody;
        if (subject is not Subject.Endpoint endpoint)
        {
            return found;
        }

        found = found.Concat(With(new Mark(null, endpoint.Namespace)));
        return endpoint.Labels.Aggregate(found, (sets, label) => sets.Concat(With(new Mark(label.Key, label.Value))));
    }

    private List<SetEntry> With(Mark mark) => _byMark.GetValueOrDefault(mark) ?? [];

    /// <summary>One of these has everybody who is in the set; null: anybody may be.</summary>
    private static ImmutableArray<Mark>? MarksOf(SetExpression expression) => expression switch
    {
        SetExpression.Pods pods => (pods.Where is null ? null : MarksOf(pods.Where)) ?? (pods.Namespace is { } name ? [new Mark(null, name)] : null),
        SetExpression.Union union => OfEach(union.Parts.Select(MarksOf)),
        SetExpression.Intersection intersection => OfOne(intersection.Parts.Select(MarksOf)),
        SetExpression.Difference difference => MarksOf(difference.Left),
        _ => null,
    };

    private static ImmutableArray<Mark>? MarksOf(LabelExpression expression) => expression switch
    {
        LabelExpression.In isIn => [.. isIn.Values.Select(value => new Mark(isIn.Key, value))],
        LabelExpression.And and => OfOne(and.Parts.Select(MarksOf)),
        LabelExpression.Or or => OfEach(or.Parts.Select(MarksOf)),
        _ => null,
    };

    private static ImmutableArray<Mark>? OfEach(IEnumerable<ImmutableArray<Mark>?> parts) => parts.Aggregate(
        (ImmutableArray<Mark>?)[], (all, part) => all is { } marks && part is { } more ? [.. marks, .. more] : null);

    /// <summary>Where any will do, the fewest.</summary>
    private static ImmutableArray<Mark>? OfOne(IEnumerable<ImmutableArray<Mark>?> parts) =>
        parts.Where(part => part is not null).OrderBy(part => part!.Value.Length).FirstOrDefault();

    /// <param name="Key">Of a label; null: the value is a namespace's name.</param>
    private readonly record struct Mark(string? Key, string Value);
}
