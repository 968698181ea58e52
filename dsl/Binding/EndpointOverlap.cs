using System.Collections.Immutable;
using System.Diagnostics;
using Netpol.Model;

namespace Netpol.Binding;

/// <summary>
/// Could one endpoint be in all of several endpoint sets? Looked for over every namespace and every label that could be, by trying:
/// what the sets ask first gets each value that makes a difference, until they agree or nothing is left to try.
/// </summary>
public sealed class EndpointOverlap
{
    // Sets of a hundred predicates take a few hundred steps; what takes more is taken to overlap.
    private const int MostSteps = 200_000;

    /// <summary>A value or namespace that no set names; holds a character that none can hold.</summary>
    private const string Other = "\0";

    private const string MetadataName = "kubernetes.io/metadata.name";

    private readonly ImmutableDictionary<string, ImmutableSortedDictionary<string, string>> _declared;
    private readonly ImmutableArray<AddressSet> _sets;
    private readonly Dictionary<Question, SortedSet<string>> _values = [];
    private readonly Dictionary<Question, string?> _answers = [];
    private int _steps;

    private EndpointOverlap(ImmutableArray<AddressSet> sets, ImmutableArray<NamespaceDeclaration> namespaces)
    {
        _sets = sets;
        _declared = namespaces.GroupBy(declared => declared.Name, StringComparer.Ordinal)
            .ToImmutableDictionary(same => same.Key, same => same.First().Labels, StringComparer.Ordinal);
        foreach (var set in sets)
        {
            Collect(set);
        }

        ValuesOf(Question.Namespace).UnionWith(_declared.Keys);
    }

    private enum Truth
    {
        False,
        Unknown,
        True,
    }

    private enum Of
    {
        Namespace,
        NamespaceLabel,
        Label,
    }

    public static bool IsPossible(ImmutableArray<AddressSet> sets, ImmutableArray<NamespaceDeclaration> namespaces) =>
        new EndpointOverlap(sets, namespaces).Search();

    private bool Search()
    {
        if (++_steps > MostSteps)
        {
            return true;
        }

        Question? open = null;
        var truth = Truth.True;
        foreach (var set in _sets)
        {
            truth = Both(truth, Holds(set, ref open));
        }

        if (truth != Truth.Unknown || open is not { } question)
        {
            return truth == Truth.True;
        }

        IEnumerable<string?> values = [.. ValuesOf(question), Other, .. question.Kind == Of.Namespace ? Array.Empty<string?>() : [null]];
        foreach (var value in values)
        {
            _answers[question] = value;
            if (Search())
            {
                return true;
            }
        }

        _answers.Remove(question);
        return false;
    }

    private Truth Holds(AddressSet set, ref Question? open)
    {
        switch (set)
        {
            case AddressSet.Any:
                return Truth.True;
            case AddressSet.Named named:
                return Holds(named.Set, ref open);
            case AddressSet.Pods pods:
                var inScope = InScope(pods.Scope, ref open);
                return inScope == Truth.False || pods.Where is null ? inScope : Both(inScope, Holds(pods.Where, Of.Label, ref open));
            case AddressSet.Union union:
                var some = Truth.False;
                foreach (var part in union.Parts)
                {
                    some = Either(some, Holds(part, ref open));
                }

                return some;
            case AddressSet.Intersection intersection:
                var every = Truth.True;
                foreach (var part in intersection.Parts)
                {
                    every = Both(every, Holds(part, ref open));
                }

                return every;
            case AddressSet.Difference difference:
                return Both(Holds(difference.Left, ref open), Not(Holds(difference.Right, ref open)));
            default:
                // No endpoint set: it was reported, and holds nobody.
                return Truth.False;
        }
    }

    private Truth InScope(NamespaceScope scope, ref Question? open) => scope switch
    {
        NamespaceScope.Any => Truth.True,
        NamespaceScope.One one => Is(Question.Namespace, one.Name, ref open),
        NamespaceScope.Matching matching => Holds(matching.Where, Of.NamespaceLabel, ref open),
        NamespaceScope.Same => Truth.False,
        _ => throw new UnreachableException(),
    };

    private Truth Holds(LabelPredicate predicate, Of kind, ref Question? open)
    {
        switch (predicate)
        {
            case LabelPredicate.Equal equal:
                return Is(new(kind, equal.Key), equal.Value, ref open);
            case LabelPredicate.NotEqual notEqual:
                return Not(Is(new(kind, notEqual.Key), notEqual.Value, ref open));
            case LabelPredicate.In @in:
                return AnyOf(new(kind, @in.Key), @in.Values, ref open);
            case LabelPredicate.NotIn notIn:
                return Not(AnyOf(new(kind, notIn.Key), notIn.Values, ref open));
            case LabelPredicate.Has has:
                return Not(Is(new(kind, has.Key), null, ref open));
            case LabelPredicate.Not not:
                return Not(Holds(not.Inner, kind, ref open));
            case LabelPredicate.And and:
                var every = Truth.True;
                foreach (var part in and.Parts)
                {
                    every = Both(every, Holds(part, kind, ref open));
                }

                return every;
            case LabelPredicate.Or or:
                var some = Truth.False;
                foreach (var part in or.Parts)
                {
                    some = Either(some, Holds(part, kind, ref open));
                }

                return some;
            default:
                throw new UnreachableException();
        }
    }

    private Truth AnyOf(Question question, ImmutableArray<string> values, ref Question? open)
    {
        var some = Truth.False;
        foreach (var value in values)
        {
            some = Either(some, Is(question, value, ref open));
        }

        return some;
    }

    /// <param name="value">Null: the label is absent.</param>
    private Truth Is(Question question, string? value, ref Question? open)
    {
        if (question is { Kind: Of.NamespaceLabel } label)
        {
            // A namespace's name is a label of it, and a declared namespace has the declared labels alone.
            if (!_answers.TryGetValue(Question.Namespace, out var name) || name is null)
            {
                open ??= Question.Namespace;
                return Truth.Unknown;
            }

            if (label.Key == MetadataName)
            {
                return name == value ? Truth.True : Truth.False;
            }

            if (_declared.TryGetValue(name, out var labels))
            {
                return labels.GetValueOrDefault(label.Key) == value ? Truth.True : Truth.False;
            }
        }

        if (!_answers.TryGetValue(question, out var answer))
        {
            open ??= question;
            return Truth.Unknown;
        }

        return answer == value ? Truth.True : Truth.False;
    }

    private void Collect(AddressSet set)
    {
        switch (set)
        {
            case AddressSet.Named named:
                Collect(named.Set);
                break;
            case AddressSet.Pods pods:
                Collect(pods);
                break;
            case AddressSet.Union union:
                Array.ForEach([.. union.Parts], Collect);
                break;
            case AddressSet.Intersection intersection:
                Array.ForEach([.. intersection.Parts], Collect);
                break;
            case AddressSet.Difference difference:
                Collect(difference.Left);
                Collect(difference.Right);
                break;
            default:
                break;
        }
    }

    private void Collect(AddressSet.Pods pods)
    {
        switch (pods.Scope)
        {
            case NamespaceScope.One one:
                ValuesOf(Question.Namespace).Add(one.Name);
                break;
            case NamespaceScope.Matching matching:
                Collect(matching.Where, Of.NamespaceLabel);
                break;
            default:
                break;
        }

        if (pods.Where is { } where)
        {
            Collect(where, Of.Label);
        }
    }

    private void Collect(LabelPredicate predicate, Of kind)
    {
        switch (predicate)
        {
            case LabelPredicate.Equal equal:
                ValuesOf(kind, equal.Key).Add(equal.Value);
                break;
            case LabelPredicate.NotEqual notEqual:
                ValuesOf(kind, notEqual.Key).Add(notEqual.Value);
                break;
            case LabelPredicate.In @in:
                ValuesOf(kind, @in.Key).UnionWith(@in.Values);
                break;
            case LabelPredicate.NotIn notIn:
                ValuesOf(kind, notIn.Key).UnionWith(notIn.Values);
                break;
            case LabelPredicate.Has:
                break;
            case LabelPredicate.Not not:
                Collect(not.Inner, kind);
                break;
            case LabelPredicate.And and:
                Array.ForEach([.. and.Parts], part => Collect(part, kind));
                break;
            case LabelPredicate.Or or:
                Array.ForEach([.. or.Parts], part => Collect(part, kind));
                break;
            default:
                throw new UnreachableException();
        }
    }

    private SortedSet<string> ValuesOf(Of kind, string key) =>
        ValuesOf(kind == Of.NamespaceLabel && key == MetadataName ? Question.Namespace : new Question(kind, key));

    private SortedSet<string> ValuesOf(Question question)
    {
        if (!_values.TryGetValue(question, out var values))
        {
            _values.Add(question, values = new SortedSet<string>(StringComparer.Ordinal));
        }

        return values;
    }

    private static Truth Both(Truth left, Truth right) => left < right ? left : right;

    private static Truth Either(Truth left, Truth right) => left > right ? left : right;

    private static Truth Not(Truth truth) => (Truth)(Truth.True - truth);

    /// <summary>What a set may ask of an endpoint; the key is empty where its namespace is meant.</summary>
    private readonly record struct Question(Of Kind, string Key)
    {
        public static Question Namespace { get; } = new(Of.Namespace, "");
    }
}
