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
    private const int None = -1;

    private readonly IReadOnlyList<ImmutableArray<int>> _conjuncts;
    private readonly int[] _frequencies;

    // The clauses filed under a conjunct are a chain; those that always match are filed under a number that no conjunct has.
    private readonly int[] _first;
    private readonly int[] _next;
    private readonly bool[] _isLogged;

    /// <param name="clauses">The conjuncts of every clause of the list, as <see cref="ConjunctTable"/> numbers them.</param>
    /// <param name="numbers">How many numbers there are.</param>
    public EarlierClauses(IReadOnlyList<ImmutableArray<int>> clauses, int numbers)
    {
        _conjuncts = clauses;
        _frequencies = new int[numbers];
        (_first, _next, _isLogged) = (new int[numbers + 1], new int[clauses.Count], new bool[clauses.Count]);
        Array.Fill(_first, None);
        foreach (var clause in clauses)
        {
            foreach (var conjunct in clause)
            {
                _frequencies[conjunct]++;
            }
        }
    }

    /// <summary>The conjuncts of every clause of a list.</summary>
    public static EarlierClauses Of(IEnumerable<ImmutableArray<Condition>> clauses)
    {
        var table = new ConjunctTable();
        ImmutableArray<ImmutableArray<int>> numbered = [.. clauses.Select(table.Number)];
        return new EarlierClauses(numbered, table.Count);
    }

    /// <summary>How often two clauses were compared.</summary>
    public long Comparisons { get; private set; }

    /// <summary>Does a kept clause match wherever this one does, and log if this one does?</summary>
    public bool Hide(int clause, bool isLogged) => Hider(clause, isLogged) is not null;

    /// <summary>A kept clause that matches wherever this one does, and logs if this one does; null: none does.</summary>
    public int? Hider(int clause, bool isLogged)
    {
        var conjuncts = _conjuncts[clause].AsSpan();
        if (Hider(_frequencies.Length, conjuncts, isLogged) is { } always)
        {
            return always;
        }

        foreach (var conjunct in conjuncts)
        {
            if (Hider(conjunct, conjuncts, isLogged) is { } hider)
            {
                return hider;
            }
        }

        return null;
    }

    public void Add(int clause, bool isLogged)
    {
        var rarest = _frequencies.Length;
        foreach (var conjunct in _conjuncts[clause])
        {
            rarest = rarest == _frequencies.Length || _frequencies[conjunct] < _frequencies[rarest] ? conjunct : rarest;
        }

        (_next[clause], _first[rarest], _isLogged[clause]) = (_first[rarest], clause, isLogged);
    }

    private int? Hider(int place, ReadOnlySpan<int> conjuncts, bool isLogged)
    {
        for (var before = _first[place]; before != None; before = _next[before])
        {
            Comparisons++;
            if ((_isLogged[before] || !isLogged) && IsSubset(_conjuncts[before].AsSpan(), conjuncts))
            {
                return before;
            }
        }

        return null;
    }

    /// <summary>Are all of the first, ascending, among the second, ascending too?</summary>
    public static bool IsSubset(ReadOnlySpan<int> some, ReadOnlySpan<int> all)
    {
        var found = 0;
        for (var index = 0; index < all.Length && found < some.Length; index++)
        {
            found += all[index] == some[found] ? 1 : 0;
        }

        return found == some.Length;
    }
}
