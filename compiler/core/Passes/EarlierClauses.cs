using System.Collections.Immutable;
using Netpol.Compiler.Ir;

namespace Netpol.Compiler.Passes;

/// <summary>
/// The clauses that were kept, to be asked whether one of them matches wherever a later one does: its conjuncts are
/// among the later one's. Each is filed under the one of its conjuncts that the fewest clauses of the list have. All rules of
/// a policy share its selector, so under that one there would be all of them.
/// </summary>
internal sealed class EarlierClauses
{
    // Conjuncts as numbers; of each clause ascending.
    private readonly ImmutableArray<ImmutableArray<int>> _conjuncts;
    private readonly List<int> _frequencies = [];
    private readonly List<Filed>?[] _byRarest;
    private readonly List<Filed> _always = [];

    /// <param name="clauses">The conjuncts of every clause of the list.</param>
    public EarlierClauses(ImmutableArray<ImmutableArray<Condition>> clauses)
    {
        var numbers = new Dictionary<Condition, int>(ConditionComparer.Instance);
        _conjuncts = [.. clauses.Select(clause => Numbered(clause, numbers))];
        _byRarest = new List<Filed>?[numbers.Count];
    }

    /// <summary>How often two clauses were compared.</summary>
    public long Comparisons { get; private set; }

    /// <summary>Does a kept clause match wherever this one does, and log if this one does?</summary>
    public bool Hide(int clause, bool isLogged)
    {
        var conjuncts = _conjuncts[clause];
        if (Hide(_always, conjuncts, isLogged))
        {
            return true;
        }

        foreach (var conjunct in conjuncts)
        {
            if (_byRarest[conjunct] is { } filed && Hide(filed, conjuncts, isLogged))
            {
                return true;
            }
        }

        return false;
    }

    public void Add(int clause, bool isLogged)
    {
        var conjuncts = _conjuncts[clause];
        var filed = new Filed(conjuncts, isLogged);
        if (conjuncts.IsEmpty)
        {
            _always.Add(filed);
        }
        else
        {
            (_byRarest[conjuncts.MinBy(conjunct => _frequencies[conjunct])] ??= []).Add(filed);
        }
    }

    private bool Hide(List<Filed> earlier, ImmutableArray<int> conjuncts, bool isLogged)
    {
        foreach (var before in earlier)
        {
            Comparisons++;
            if ((before.IsLogged || !isLogged) && IsSubset(before.Conjuncts.AsSpan(), conjuncts.AsSpan()))
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsSubset(ReadOnlySpan<int> some, ReadOnlySpan<int> all)
    {
        var found = 0;
        for (var index = 0; index < all.Length && found < some.Length; index++)
        {
            found += all[index] == some[found] ? 1 : 0;
        }

        return found == some.Length;
    }

    private ImmutableArray<int> Numbered(ImmutableArray<Condition> clause, Dictionary<Condition, int> numbers)
    {
        var own = new SortedSet<int>();
        foreach (var conjunct in clause)
        {
            // What always holds asks for nothing.
            if (conjunct is Condition.True)
            {
                continue;
            }

            if (!numbers.TryGetValue(conjunct, out var number))
            {
                number = numbers.Count;
                numbers.Add(conjunct, number);
                _frequencies.Add(0);
            }

            if (own.Add(number))
            {
                _frequencies[number]++;
            }
        }

        return [.. own];
    }

    private sealed record Filed(ImmutableArray<int> Conjuncts, bool IsLogged);
}
