using Netpol.Bundle.Verdicts;

namespace Netpol.Loader.Verdicts;

/// <summary>The rules of one stage that match at a value, while a sweep goes over all values.</summary>
internal sealed class StageRules
{
    private readonly SortedDictionary<(int Place, int Rule), (VerdictTerm Term, int Count)> _rules = [];
    private int _logging;

    /// <summary>The one that is asked first.</summary>
    internal VerdictTerm? First => _rules.Count == 0 ? null : _rules.First().Value.Term;

    /// <summary>In the order in which they are asked.</summary>
    internal IEnumerable<VerdictTerm> InOrder => _rules.Values.Select(rule => rule.Term);

    /// <summary>Does any of them log?</summary>
    internal bool Logs => _logging > 0;

    internal void Add(VerdictTerm term)
    {
        var key = (term.Place, term.Rule);
        _rules[key] = (term, _rules.GetValueOrDefault(key).Count + 1);
        _logging += term.Logs ? 1 : 0;
    }

    internal void Remove(VerdictTerm term)
    {
        var key = (term.Place, term.Rule);
        _logging -= term.Logs ? 1 : 0;
        var (known, count) = _rules[key];
        if (count == 1)
        {
            _rules.Remove(key);
        }
        else
        {
            _rules[key] = (known, count - 1);
        }
    }
}
