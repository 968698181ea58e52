using System.Collections.Immutable;

namespace Netpol.Semantics.Proofs;

/// <summary>
/// The names that there could be, in classes that no pattern of <c>dns</c> tells apart, each with an example: which patterns an answer matches
/// at once.
/// </summary>
internal sealed class DnsNames
{
    private const int MostStates = 100_000;
    private const string Letters = "abcdefghijklmnopqrstuvwxyz0123456789-_";

    private DnsNames(ImmutableArray<(ImmutableSortedSet<string> Patterns, string Example)> classes) => Classes = classes;

    /// <summary>Without the names that match nothing.</summary>
    public ImmutableArray<(ImmutableSortedSet<string> Patterns, string Example)> Classes { get; }

    /// <exception cref="ProofTooLargeException">The patterns tell too many names apart.</exception>
    public static DnsNames Of(IReadOnlyCollection<string> patterns)
    {
        var found = ImmutableArray.CreateBuilder<(ImmutableSortedSet<string> Patterns, string Example)>();
        foreach (var (name, matching) in Examples([.. patterns]))
        {
            found.Add(([.. matching], name));
        }

        return new(found.ToImmutable());
    }

    /// <summary>What is consistent: who is answered by names is in all patterns that these match, and in no others.</summary>
    /// <param name="matches">By pattern: an answer to a name that matches gave the address.</param>
    public int Consistent(DecisionDiagram diagram, IReadOnlyDictionary<string, Choice> matches)
    {
        var result = DecisionDiagram.True;
        foreach (var (pattern, isMatched) in matches)
        {
            var byAny = Classes.Where(known => known.Patterns.Contains(pattern)).Aggregate(
                DecisionDiagram.False,
                (any, known) => diagram.Or(any, known.Patterns.Aggregate(DecisionDiagram.True, (all, other) => diagram.And(all, matches[other].Is(1)))));
            result = diagram.And(result, diagram.Implies(isMatched.Is(1), byAny));
        }

        return result;
    }

    /// <summary>Names that match these patterns and no others.</summary>
    public ImmutableArray<ResolvedName> Answers(IReadOnlyDictionary<string, Choice> matches, bool[] assignment, Model.Address address)
    {
        var matched = matches.Where(match => match.Value.Value(assignment) == 1).Select(match => match.Key).ToHashSet(StringComparer.Ordinal);
        return [.. Classes.Where(known => known.Patterns.IsSubsetOf(matched)).Select(known => new ResolvedName(known.Example, address))];
    }

    /// <summary>One name for each set of patterns that some name matches, the shortest; the patterns are followed letter by letter, all at once.</summary>
    private static IEnumerable<(string Name, IEnumerable<string> Matching)> Examples(ImmutableArray<string> patterns)
    {
        if (patterns.IsEmpty)
        {
            yield break;
        }

        // A letter that no pattern has stands for all of them.
        var used = patterns.SelectMany(pattern => pattern).Where(letter => letter is not ('*' or '.')).Distinct().Order().ToList();
        var alphabet = used.Prepend(Letters.Except(used).FirstOrDefault('\u00fc')).Append('.').ToList();
        var known = new HashSet<string>(StringComparer.Ordinal);
        var given = new HashSet<string>(StringComparer.Ordinal);
        var open = new Queue<(string Name, ImmutableArray<(string Pattern, ImmutableSortedSet<int> Places)> Followed)>();
        open.Enqueue(("", [.. patterns.Select(pattern => (pattern, Closed(pattern, [0])))]));
        while (open.TryDequeue(out var state))
        {
            var matching = state.Followed.Where(followed => followed.Places.Contains(followed.Pattern.Length)).Select(followed => followed.Pattern).ToList();
            if (matching.Count > 0 && state.Name.Length > 0 && state.Name[^1] != '.' && given.Add(string.Join(' ', matching)))
            {
                yield return (state.Name, matching);
            }

            foreach (var letter in alphabet.Where(letter => letter != '.' || (state.Name.Length > 0 && state.Name[^1] != '.')))
            {
                ImmutableArray<(string Pattern, ImmutableSortedSet<int> Places)> next =
                [
                    .. state.Followed.Select(followed => (followed.Pattern, Places: Step(followed.Pattern, followed.Places, letter))).Where(followed => !followed.Places.IsEmpty),
                ];
                if (!next.IsEmpty && known.Add($"{(letter == '.' ? '.' : ' ')}{string.Join(' ', next.Select(followed => $"{followed.Pattern}:{string.Join(',', followed.Places)}"))}"))
                {
                    if (known.Count > MostStates)
                    {
                        throw new ProofTooLargeException();
                    }

                    open.Enqueue((state.Name + letter, next));
                }
            }
        }
    }

    private static ImmutableSortedSet<int> Step(string pattern, ImmutableSortedSet<int> places, char letter) => Closed(pattern, places.SelectMany(place =>
        place == pattern.Length ? []
        : pattern[place] != '*' ? pattern[place] == letter ? [place + 1] : []
        : letter != '.' || IsDeep(pattern, place) ? new[] { place } : []));

    /// <summary>A star may stand for nothing.</summary>
    private static ImmutableSortedSet<int> Closed(string pattern, IEnumerable<int> places)
    {
        var all = new SortedSet<int>();
        foreach (var start in places)
        {
            for (var place = start; all.Add(place) && place < pattern.Length && pattern[place] == '*';)
            {
                place += IsDeep(pattern, place) ? 2 : 1;
            }
        }

        return [.. all];
    }

    private static bool IsDeep(string pattern, int place) => place + 1 < pattern.Length && pattern[place + 1] == '*';
}
