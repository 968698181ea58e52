using System.Runtime.InteropServices;

namespace Netpol.Loader.Verdicts;

/// <summary>Nodes of the radix tree (abi.h), made from index <paramref name="first"/> on; alike ones are one.</summary>
internal sealed class NodePool(int first)
{
    internal const int Bits = 5;
    internal const int Entries = 1 << Bits;

    // Values below a root's half, and below each level of it.
    private const int HalfValues = 1 << (3 * Bits);

    private readonly List<uint[]> _nodes = [];
    private readonly Dictionary<uint[], int> _single = new(EntriesComparer.Instance);
    private readonly Dictionary<uint[], int> _roots = new(EntriesComparer.Instance);
    private readonly Dictionary<uint[], int> _lists = new(EntriesComparer.Instance);

    internal int First => first;

    /// <summary>One past the last node that was made.</summary>
    internal int End => first + _nodes.Count;

    internal ReadOnlySpan<uint[]> Made => CollectionsMarshal.AsSpan(_nodes);

    /// <summary>An entry of <c>struct verdict_pair</c>: a verdict, or the first of two nodes in a row.</summary>
    internal uint Root(TrafficMap map)
    {
        if (map.IsUniform)
        {
            return Leaf(map, 0);
        }

        uint[] both = [.. Children(map, 0, HalfValues), .. Children(map, HalfValues, HalfValues)];
        if (!_roots.TryGetValue(both, out var index))
        {
            index = End;
            _nodes.Add(both[..Entries]);
            _nodes.Add(both[Entries..]);
            _roots.Add(both, index);
        }

        return (uint)index;
    }

    private uint Entry(TrafficMap map, int start, int count)
    {
        var at = map.IndexOf(start);
        if (at == map.Starts.Length - 1 || map.Starts[at + 1] >= start + count)
        {
            return Leaf(map, at);
        }

        return (uint)Share(_single, Children(map, start, count));
    }

    private uint Leaf(TrafficMap map, int at) => map.Entries[at] is var entry && VerdictCell.IsList(entry)
        ? VerdictCell.OfList((uint)Share(_lists, map.Lists[(int)(entry & VerdictCell.Number)]))
        : entry;

    private int Share(Dictionary<uint[], int> shared, uint[] entries)
    {
        if (!shared.TryGetValue(entries, out var index))
        {
            index = End;
            _nodes.Add(entries);
            shared.Add(entries, index);
        }

        return index;
    }

    private uint[] Children(TrafficMap map, int start, int count)
    {
        var entries = new uint[Entries];
        var each = count / Entries;
        for (var index = 0; index < Entries; index++)
        {
            entries[index] = Entry(map, start + (index * each), each);
        }

        return entries;
    }
}
