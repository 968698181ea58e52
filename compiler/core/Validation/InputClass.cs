namespace Netpol.Compiler.Validation;

/// <summary>
/// Inputs that are alike in all that has been asked so far: of each observable, a range of numbers or some known bits. Immutable; what
/// is added last is found first.
/// </summary>
internal sealed class InputClass
{
    private readonly InputClass? _before;
    private readonly Observable _what;
    private readonly uint _first;
    private readonly uint _second;

    private InputClass(InputClass? before, Observable what, uint first, uint second) =>
        (_before, _what, _first, _second) = (before, what, first, second);

    /// <summary>All inputs.</summary>
    public static InputClass All { get; } = new(null, new Observable(ObservableKind.Answer, -1), 0, 0);

    /// <summary>What is known, each observable once.</summary>
    public IEnumerable<Observable> Known
    {
        get
        {
            HashSet<Observable> seen = [];
            for (var node = this; node._before is not null; node = node._before)
            {
                if (seen.Add(node._what))
                {
                    yield return node._what;
                }
            }
        }
    }

    /// <summary>What is known, in the order in which it was found out: of the same thing, the last holds.</summary>
    public void CopyTo(List<(Observable What, uint First, uint Second)> facts)
    {
        var start = facts.Count;
        for (var node = this; node._before is not null; node = node._before)
        {
            facts.Add((node._what, node._first, node._second));
        }

        facts.Reverse(start, facts.Count - start);
    }

    /// <summary>The numbers that a field may have, both ends included.</summary>
    public (uint First, uint Last) RangeOf(Observable field, uint max) => Find(field) is { } node ? (node._first, node._second) : (0, max);

    /// <summary>Which bits are known, and what they are; others are zero in the value.</summary>
    public (uint Known, uint Value) BitsOf(Observable word) => Find(word) is { } node ? (node._first, node._second) : (0, 0);

    /// <summary>Of what is there or not; null: not known.</summary>
    public bool? Choice(Observable what) => BitsOf(what) is (not 0, var value) ? value != 0 : null;

    public InputClass WithRange(Observable field, uint first, uint last) => new(this, field, first, last);

    public InputClass WithBits(Observable word, uint mask, uint value)
    {
        var (known, before) = BitsOf(word);
        return new InputClass(this, word, known | mask, (before & ~mask) | (value & mask));
    }

    public InputClass WithChoice(Observable what, bool value) => WithBits(what, 1, value ? 1U : 0);

    private InputClass? Find(Observable what)
    {
        for (var node = this; node._before is not null; node = node._before)
        {
            if (node._what == what)
            {
                return node;
            }
        }

        return null;
    }
}
