using System.Numerics;

namespace Netpol.Semantics.Proofs;

/// <summary>
/// A variable of several values, 0 to <see cref="Count"/> - 1, as bits of a diagram; the most significant comes first, so
/// that a range of values is a small graph.
/// </summary>
internal sealed class Choice
{
    private readonly DecisionDiagram _diagram;
    private readonly int[] _bits;

    private Choice(DecisionDiagram diagram, int count) =>
        (_diagram, Count, _bits) = (diagram, count, new int[BitOperations.Log2((uint)Math.Max(1, (2 * count) - 1))]);

    public int Count { get; }

    /// <summary>The assignments that stand for a value at all.</summary>
    public int Valid => Range(0, Count - 1);

    public IReadOnlyList<int> Bits => _bits;

    public static Choice Of(DecisionDiagram diagram, int count)
    {
        var choice = new Choice(diagram, count);
        for (var bit = 0; bit < choice._bits.Length; bit++)
        {
            choice._bits[bit] = diagram.NewVariable();
        }

        return choice;
    }

    /// <summary>Two of the same values with their bits side by side: that they are equal is then a small graph too.</summary>
    public static (Choice First, Choice Second) Pair(DecisionDiagram diagram, int count)
    {
        var (first, second) = (new Choice(diagram, count), new Choice(diagram, count));
        for (var bit = 0; bit < first._bits.Length; bit++)
        {
            first._bits[bit] = diagram.NewVariable();
            second._bits[bit] = diagram.NewVariable();
        }

        return (first, second);
    }

    public int Is(int value) => Range(value, value);

    /// <summary>The value lies between <paramref name="first"/> and <paramref name="last"/>, both included.</summary>
    public int Range(int first, int last) => _diagram.And(AtLeast(first), AtMost(last));

    /// <summary>The value is one of those that <paramref name="holds"/> says yes to.</summary>
    public int Where(Func<int, bool> holds)
    {
        var result = DecisionDiagram.False;
        for (var first = 0; first < Count; first++)
        {
            if (!holds(first))
            {
                continue;
            }

            var last = first;
            while (last + 1 < Count && holds(last + 1))
            {
                last++;
            }

            result = _diagram.Or(result, Range(first, last));
            first = last;
        }

        return result;
    }

    public int Same(Choice other)
    {
        var result = DecisionDiagram.True;
        for (var bit = _bits.Length - 1; bit >= 0; bit--)
        {
            result = _diagram.And(result, _diagram.Same(_diagram.Variable(_bits[bit]), _diagram.Variable(other._bits[bit])));
        }

        return result;
    }

    public int Value(bool[] assignment) => _bits.Aggregate(0, (value, bit) => (value << 1) | (assignment[bit] ? 1 : 0));

    /// <summary>
    /// A function that asks no variable before this one, taken apart by values: runs of values in order, with what is left for them.
    /// False is left out.
    /// </summary>
    public IEnumerable<(int First, int Last, int Then)> Runs(int function)
    {
        (int First, int Last, int Then)? open = null;
        foreach (var (first, last, rest) in Leaves(function, 0, 0))
        {
            if (open is { } run && run.Then == rest && run.Last + 1 == first)
            {
                open = run with { Last = last };
                continue;
            }

            if (open is { } ended)
            {
                yield return ended;
            }

            open = (first, last, rest);
        }

        if (open is { } final)
        {
            yield return final;
        }
    }

    private IEnumerable<(int First, int Last, int Then)> Leaves(int function, int depth, int value)
    {
        if (function == DecisionDiagram.False)
        {
            yield break;
        }

        if (depth == _bits.Length || !_diagram.Asks(function, _bits[depth], _bits[^1]))
        {
            var below = _bits.Length - depth;
            var first = value << below;
            if (first < Count)
            {
                yield return (first, Math.Min(Count - 1, first + (1 << below) - 1), function);
            }

            yield break;
        }

        foreach (var isSet in new[] { false, true })
        {
            foreach (var leaf in Leaves(_diagram.Cofactor(function, _bits[depth], isSet), depth + 1, (value << 1) | (isSet ? 1 : 0)))
            {
                yield return leaf;
            }
        }
    }

    private int AtLeast(int bound)
    {
        var result = DecisionDiagram.True;
        for (var bit = _bits.Length - 1; bit >= 0; bit--)
        {
            var isSet = _diagram.Variable(_bits[bit]);
            result = (bound >> (_bits.Length - 1 - bit) & 1) == 1 ? _diagram.And(isSet, result) : _diagram.Or(isSet, result);
        }

        return result;
    }

    private int AtMost(int bound)
    {
        var result = DecisionDiagram.True;
        for (var bit = _bits.Length - 1; bit >= 0; bit--)
        {
            var isClear = _diagram.Not(_diagram.Variable(_bits[bit]));
            result = (bound >> (_bits.Length - 1 - bit) & 1) == 1 ? _diagram.Or(isClear, result) : _diagram.And(isClear, result);
        }

        return result;
    }
}
