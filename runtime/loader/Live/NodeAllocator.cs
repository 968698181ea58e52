namespace Netpol.Loader.Live;

/// <summary>
/// Which nodes of <c>verdict_nodes</c> are free: single ones, and the two in a row that a root takes. Two free ones whose numbers differ
/// in the lowest bit are a pair again, so that nodes coming and going do not wear the table out.
/// </summary>
internal sealed class NodeAllocator
{
    private readonly Use[] _use;
    private readonly Stack<int> _singles = [];
    private readonly Stack<int> _pairs = [];

    /// <param name="end">One past the highest node that was ever taken; all below are in use until they are freed.</param>
    internal NodeAllocator(int capacity, int end) => (_use, End) = (new Use[capacity], end);

    private enum Use : byte
    {
        Taken = 0,
        Single = 1,
        Pair = 2,
    }

    internal int End { get; private set; }

    /// <summary>So many are in use.</summary>
    internal int Count { get; private set; }

    /// <exception cref="TablesFullException">There is none.</exception>
    internal int TakeSingle()
    {
        Count++;
        if (TryPop(_singles, Use.Single) is { } single)
        {
            return single;
        }

        if (TryPop(_pairs, Use.Pair) is { } pair)
        {
            Push(_singles, pair + 1, Use.Single);
            return pair;
        }

        return Grow(1);
    }

    /// <summary>The first of two.</summary>
    /// <exception cref="TablesFullException">There are none.</exception>
    internal int TakePair()
    {
        Count += 2;
        if (TryPop(_pairs, Use.Pair) is { } pair)
        {
            return pair;
        }

        if (End % 2 != 0 && End < _use.Length)
        {
            Push(_singles, Grow(1), Use.Single);
        }

        return Grow(2);
    }

    /// <summary>Of nodes that were in use before this was made.</summary>
    internal void Adopt(int nodes) => Count += nodes;

    /// <summary>Another process has taken all from <see cref="End"/> up to here; they are in use until <see cref="FreeUnused"/>.</summary>
    internal void Leave(int end) => End = Math.Max(End, end);

    internal void Free(int node)
    {
        Count--;
        FreeUnused(node);
    }

    /// <summary>One below <see cref="End"/> that nothing leads to, and nobody took here.</summary>
    internal void FreeUnused(int node)
    {
        var other = node ^ 1;
        if (other < End && _use[other] == Use.Single)
        {
            _use[other] = Use.Taken;
            Push(_pairs, node & ~1, Use.Pair);
        }
        else
        {
            Push(_singles, node, Use.Single);
        }
    }

    private int Grow(int count)
    {
        if (End + count > _use.Length)
        {
            throw new TablesFullException($"the verdicts of this node's containers need more than {_use.Length} nodes of a table");
        }

        End += count;
        return End - count;
    }

    private void Push(Stack<int> free, int node, Use use)
    {
        _use[node] = use;
        free.Push(node);
        // What became part of a pair, or was split, still stands in the other stack.
        if (free.Count > 2 * _use.Length)
        {
            free.Clear();
            for (var each = 0; each < End; each++)
            {
                if (_use[each] == use)
                {
                    free.Push(each);
                }
            }
        }
    }

    private int? TryPop(Stack<int> free, Use use)
    {
        while (free.TryPop(out var node))
        {
            if (_use[node] == use)
            {
                _use[node] = Use.Taken;
                return node;
            }
        }

        return null;
    }
}
