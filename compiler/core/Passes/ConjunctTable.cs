using System.Collections.Immutable;
using Netpol.Compiler.Ir;

namespace Netpol.Compiler.Passes;

/// <summary>Conditions as numbers, so that clauses are compared without looking into their conditions.</summary>
internal sealed class ConjunctTable
{
    private readonly Dictionary<Condition, int> _numbers = new(ConditionComparer.Instance);

    public int Count => _numbers.Count;

    /// <summary>The conjuncts of a clause, ascending, each once. What always holds asks for nothing and is left out.</summary>
    public ImmutableArray<int> Number(ImmutableArray<Condition> clause)
    {
        var own = new SortedSet<int>();
        foreach (var conjunct in clause)
        {
            if (conjunct is Condition.True)
            {
                continue;
            }

            if (!_numbers.TryGetValue(conjunct, out var number))
            {
                number = _numbers.Count;
                _numbers.Add(conjunct, number);
            }

            own.Add(number);
        }

        return [.. own];
    }
}
