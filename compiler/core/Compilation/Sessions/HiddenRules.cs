using Netpol.Bundle.Verdicts;
using Netpol.Compiler.Passes;

namespace Netpol.Compiler.Compilation.Sessions;

/// <summary>
/// Which rules of a list an earlier one hides, as <see cref="DropHiddenClauses"/> finds them. After a change only what it touched is asked again: rules
/// that came, rules that one which went had hidden, and whether a rule that came hides a later one. What hides is transitive, so whether the rule
/// that hides is hidden itself does not matter.
/// </summary>
internal sealed class HiddenRules
{
    /// <summary>More rules than this are asked all together.</summary>
    private const int MostChanged = 8;

    private readonly RuleStage _stage;
    private readonly CompiledRule[] _list;
    private readonly CompiledRule?[] _hiders;

    private HiddenRules(RuleStage stage, CompiledRule[] list) => (_stage, _list, _hiders) = (stage, list, new CompiledRule?[list.Length]);

    /// <param name="list">In the order in which its rules are tried; each has a condition.</param>
    /// <param name="earlier">Of the same list before it changed.</param>
    /// <param name="conjuncts">How many numbers of conjuncts there are.</param>
    public static HiddenRules Of(RuleStage stage, CompiledRule[] list, HiddenRules? earlier, int conjuncts)
    {
        var rules = new HiddenRules(stage, list);
        // One that is limited counts connections, so each is asked.
        if (stage != RuleStage.Limited && (earlier is null || !rules.TryTake(earlier)))
        {
            rules.FindAll(conjuncts);
        }

        return rules;
    }

    public bool IsHidden(int place) => _hiders[place] is not null;

    private bool IsLogged(CompiledRule rule) => rule.IsLogged && _stage is not (RuleStage.Admin or RuleStage.Baseline);

    private void FindAll(int conjuncts)
    {
        var kept = new EarlierClauses([.. _list.Select(rule => rule.Conjuncts)], conjuncts);
        for (var place = 0; place < _list.Length; place++)
        {
            var isLogged = IsLogged(_list[place]);
            if (kept.Hider(place, isLogged) is { } hider)
            {
                _hiders[place] = _list[hider];
            }
            else
            {
                kept.Add(place, isLogged);
            }
        }
    }

    private bool TryTake(HiddenRules earlier)
    {
        var (first, last, lastEarlier) = (0, _list.Length, earlier._list.Length);
        for (; first < Math.Min(last, lastEarlier) && ReferenceEquals(_list[first], earlier._list[first]); first++)
        {
        }

        for (; Math.Min(last, lastEarlier) > first && ReferenceEquals(_list[last - 1], earlier._list[lastEarlier - 1]); last--, lastEarlier--)
        {
        }

        if (last - first > MostChanged || lastEarlier - first > MostChanged)
        {
            return false;
        }

        Array.Copy(earlier._hiders, _hiders, first);
        Array.Copy(earlier._hiders, lastEarlier, _hiders, last, _list.Length - last);
        var gone = earlier._list.AsSpan(first..lastEarlier);
        var asked = 0;
        for (var place = last; place < _list.Length; place++)
        {
            if (_hiders[place] is not { } hider)
            {
                _hiders[place] = HiderOf(place, first, last);
            }
            else if (Holds(gone, hider) && ++asked <= MostChanged)
            {
                _hiders[place] = HiderOf(place, 0, place);
            }
        }

        for (var place = first; place < last; place++)
        {
            _hiders[place] = HiderOf(place, 0, place);
        }

        return asked <= MostChanged;
    }

    private CompiledRule? HiderOf(int place, int from, int to)
    {
        var conjuncts = _list[place].Conjuncts.AsSpan();
        var isLogged = IsLogged(_list[place]);
        for (var before = from; before < to; before++)
        {
            if (EarlierClauses.IsSubset(_list[before].Conjuncts.AsSpan(), conjuncts) && (IsLogged(_list[before]) || !isLogged))
            {
                return _list[before];
            }
        }

        return null;
    }

    private static bool Holds(ReadOnlySpan<CompiledRule> rules, CompiledRule rule)
    {
        foreach (var each in rules)
        {
            if (ReferenceEquals(each, rule))
            {
                return true;
            }
        }

        return false;
    }
}
