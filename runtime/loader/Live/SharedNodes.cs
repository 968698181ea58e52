using System.Runtime.InteropServices;
using Netpol.Loader.Native;
using Netpol.Loader.Verdicts;

namespace Netpol.Loader.Live;

/// <summary>
/// The radix trees in <c>verdict_nodes</c>, as <see cref="NodePool"/> makes them, with a count of what leads to each node: one that
/// nothing leads to any more is free at once, so whoever lets go of a root has waited until no program walks it.
/// </summary>
internal sealed class SharedNodes
{
    private const int HalfValues = 1 << (3 * NodePool.Bits);

    private readonly BpfMap _map;
    private readonly NodeAllocator _allocator;
    private readonly Dictionary<uint[], Node> _singles = new(EntriesComparer.Instance);
    private readonly Dictionary<uint[], Node> _roots = new(EntriesComparer.Instance);
    private readonly Dictionary<uint[], Node> _lists = new(EntriesComparer.Instance);
    private readonly Dictionary<uint, Node> _byIndex = [];
    private readonly List<Node> _unwritten = [];
    private int _writtenEnd;

    /// <param name="roots">What pairs lead to now, each as often as a pair does; given back by <see cref="Release"/> as those of this object are.</param>
    internal SharedNodes(BpfMap map, IEnumerable<uint> roots)
    {
        _map = map;
        _writtenEnd = Math.Max(VerdictTables.FirstNode, VerdictTables.ReadEnd(map));
        _allocator = new NodeAllocator(map.MaxEntries, _writtenEnd);
        var content = MemoryMarshal.Cast<byte, uint>(map.ReadAll().Values).ToArray();
        foreach (var root in roots)
        {
            Adopt(content, root, isRoot: true);
        }

        for (var index = VerdictTables.FirstNode; index < _writtenEnd; index++)
        {
            if (!_byIndex.ContainsKey((uint)index))
            {
                _allocator.FreeUnused(index);
            }
        }
    }

    internal BpfMap Map => _map;

    /// <summary>So many nodes are in use.</summary>
    internal int Count => _allocator.Count;

    /// <summary>An entry of a pair, counted once more; to be written before the pair.</summary>
    internal uint Root(TrafficMap map)
    {
        if (map.IsUniform)
        {
            return Leaf(map, 0);
        }

        uint[] both = [.. Children(map, 0, HalfValues), .. Children(map, HalfValues, HalfValues)];
        return Share(_roots, both, NodeKind.Root);
    }

    internal void Release(uint entry)
    {
        if (VerdictCell.NodeOf(entry) is not { } index || --_byIndex[index].References > 0)
        {
            return;
        }

        var node = _byIndex[index];
        var shared = SharedOf(node.Kind);
        if (shared.TryGetValue(node.Entries, out var known) && known == node)
        {
            shared.Remove(node.Entries);
        }

        Forget(index);
        if (node.Kind == NodeKind.Root)
        {
            Forget(index + 1);
        }

        ReleaseChildren(node.Kind, node.Entries);
    }

    // A list holds verdicts of rules; it leads nowhere.
    private void ReleaseChildren(NodeKind kind, uint[] entries)
    {
        if (kind != NodeKind.List)
        {
            Array.ForEach(entries, Release);
        }
    }

    private Dictionary<uint[], Node> SharedOf(NodeKind kind) => kind switch
    {
        NodeKind.Root => _roots,
        NodeKind.Single => _singles,
        _ => _lists,
    };

    /// <summary>
    /// Leaves alone what another process has taken since. What is returned frees that, once all pairs that led there lead here and no program
    /// has read one of before.
    /// </summary>
    internal Action LeaveForeign()
    {
        var (first, end) = (_allocator.End, VerdictTables.ReadEnd(_map));
        _allocator.Leave(end);
        _writtenEnd = _allocator.End;
        return () =>
        {
            for (var node = first; node < end; node++)
            {
                _allocator.FreeUnused(node);
            }
        };
    }

    /// <summary>Puts new nodes into the map.</summary>
    internal void Write()
    {
        if (_allocator.End > _writtenEnd)
        {
            VerdictTables.WriteEnd(_map, _writtenEnd = _allocator.End);
        }

        List<uint> keys = [];
        List<uint> values = [];
        foreach (var node in _unwritten)
        {
            for (var part = 0; part * NodePool.Entries < node.Entries.Length; part++)
            {
                keys.Add(node.Index + (uint)part);
                values.AddRange(node.Entries.AsSpan(part * NodePool.Entries, NodePool.Entries));
            }
        }

        _unwritten.Clear();
        _map.UpdateMany(
            MemoryMarshal.AsBytes(CollectionsMarshal.AsSpan(keys)), MemoryMarshal.AsBytes(CollectionsMarshal.AsSpan(values)), keys.Count);
    }

    private void Forget(uint index)
    {
        _byIndex.Remove(index);
        _allocator.Free((int)index);
    }

    private uint Entry(TrafficMap map, int start, int count)
    {
        var at = map.IndexOf(start);
        return at == map.Starts.Length - 1 || map.Starts[at + 1] >= start + count
            ? Leaf(map, at)
            : Share(_singles, Children(map, start, count), NodeKind.Single);
    }

    private uint Leaf(TrafficMap map, int at) => map.Entries[at] is var entry && VerdictCell.IsList(entry)
        ? VerdictCell.OfList(Share(_lists, map.Lists[(int)(entry & VerdictCell.Number)], NodeKind.List))
        : entry;

    private uint[] Children(TrafficMap map, int start, int count)
    {
        var entries = new uint[NodePool.Entries];
        var each = count / NodePool.Entries;
        for (var index = 0; index < NodePool.Entries; index++)
        {
            entries[index] = Entry(map, start + (index * each), each);
        }

        return entries;
    }

    /// <summary>The node with these entries, whose own counts are this one's.</summary>
    private uint Share(Dictionary<uint[], Node> shared, uint[] entries, NodeKind kind)
    {
        if (shared.TryGetValue(entries, out var known))
        {
            known.References++;
            ReleaseChildren(kind, entries);
            return known.Index;
        }

        Node made = new((uint)(kind == NodeKind.Root ? _allocator.TakePair() : _allocator.TakeSingle()), kind, entries) { References = 1 };
        shared.Add(entries, made);
        Know(made);
        _unwritten.Add(made);
        return made.Index;
    }

    private void Know(Node node)
    {
        for (var part = 0; part * NodePool.Entries < node.Entries.Length; part++)
        {
            _byIndex[node.Index + (uint)part] = node;
        }
    }

    private void Adopt(uint[] content, uint entry, bool isRoot)
    {
        if (VerdictCell.NodeOf(entry) is not { } index)
        {
            return;
        }

        var kind = VerdictCell.IsList(entry) ? NodeKind.List : isRoot ? NodeKind.Root : NodeKind.Single;
        if (!_byIndex.TryGetValue(index, out var node))
        {
            var length = kind == NodeKind.Root ? 2 * NodePool.Entries : NodePool.Entries;
            node = new Node(index, kind, content.AsSpan((int)index * NodePool.Entries, length).ToArray());
            SharedOf(kind).TryAdd(node.Entries, node);
            Know(node);
            _allocator.Adopt(length / NodePool.Entries);
            if (kind != NodeKind.List)
            {
                Array.ForEach(node.Entries, child => Adopt(content, child, isRoot: false));
            }
        }

        node.References++;
    }

    private enum NodeKind : byte
    {
        /// <summary>Two in a row, to which pairs lead.</summary>
        Root,
        Single,

        /// <summary>Of limited rules.</summary>
        List,
    }

    private sealed class Node(uint index, NodeKind kind, uint[] entries)
    {
        internal uint Index => index;

        internal NodeKind Kind => kind;

        internal uint[] Entries => entries;

        internal int References { get; set; }
    }
}
