using System.Runtime.InteropServices;
using Netpol.Bundle.Verdicts;
using Netpol.Loader.Classes;
using Netpol.Loader.Native;
using Netpol.Loader.Tables;

namespace Netpol.Loader.Verdicts;

/// <summary>
/// <c>verdict_pairs</c> and <c>verdict_nodes</c> in the kernel. Nodes are written before the pairs that lead to them. Node 0 is none: its
/// first entry counts the nodes that are taken, and its second says whether any rule asks for a service, so that programs need not look.
/// </summary>
internal sealed class VerdictTables(MapSet maps, Func<VerdictTerms> terms) : IClassPublisher
{
    internal const string PairsMap = "verdict_pairs";
    internal const string NodesMap = "verdict_nodes";
    internal const int FirstNode = 1;

    private const int EndEntry = 0;
    private const int ServicesEntry = 1;

    public void Publish(AddressClass added, IReadOnlyList<AddressClass> earlier) =>
        Write(maps, VerdictDraft.Addition(terms(), earlier, added, Math.Max(FirstNode, ReadEnd(maps[NodesMap]))));

    public void Judge(AddressClass judged, IReadOnlyList<AddressClass> all) =>
        Write(maps, VerdictDraft.Judgement(terms(), all, judged, Math.Max(FirstNode, ReadEnd(maps[NodesMap]))));

    /// <exception cref="TablesFullException">Nothing of it was written.</exception>
    internal static void Write(MapSet maps, VerdictDraft draft)
    {
        var (nodes, pairs) = (maps[NodesMap], maps[PairsMap]);
        if (draft.Nodes.End > nodes.MaxEntries)
        {
            throw new TablesFullException($"the verdicts of this node's containers need more than {nodes.MaxEntries} nodes of a table");
        }

        var made = draft.Nodes.Made;
        var keys = new int[made.Length];
        var entries = new uint[made.Length * NodePool.Entries];
        for (var index = 0; index < made.Length; index++)
        {
            keys[index] = draft.Nodes.First + index;
            made[index].CopyTo(entries.AsSpan(index * NodePool.Entries));
        }

        WriteEnd(nodes, draft.Nodes.End);
        nodes.UpdateMany(MemoryMarshal.AsBytes<int>(keys), MemoryMarshal.AsBytes<uint>(entries), keys.Length);
        WritePairs(nodes, pairs, [.. draft.Pairs.Keys], [.. draft.Pairs.Values.Select(PairHalves.Same)]);
    }

    /// <exception cref="TablesFullException">Some may have been written.</exception>
    internal static void WritePairs(BpfMap nodes, BpfMap pairs, PairKey[] keys, PairHalves[] halves)
    {
        if (Array.Exists(keys, key => key.IsOfService))
        {
            WriteNode0(nodes, ServicesEntry, 1);
        }

        try
        {
            pairs.UpdateMany(MemoryMarshal.AsBytes<PairKey>(keys), MemoryMarshal.AsBytes<PairHalves>(halves), keys.Length);
        }
        catch (KernelException e) when (e.IsNoRoom)
        {
            throw new TablesFullException($"the verdicts of this node's containers need more than {pairs.MaxEntries} pairs of classes");
        }
    }

    /// <summary>One past the highest node that was ever taken; 0: none was.</summary>
    internal static int ReadEnd(BpfMap nodes) => (int)ReadNode0(nodes)[EndEntry];

    internal static void WriteEnd(BpfMap nodes, int end) => WriteNode0(nodes, EndEntry, (uint)end);

    private static uint[] ReadNode0(BpfMap nodes)
    {
        var node = new uint[NodePool.Entries];
        _ = nodes.TryLookup(new byte[sizeof(int)], MemoryMarshal.AsBytes(node.AsSpan()));
        return node;
    }

    private static void WriteNode0(BpfMap nodes, int entry, uint value)
    {
        var node = ReadNode0(nodes);
        node[entry] = value;
        nodes.Update(new byte[sizeof(int)], MemoryMarshal.AsBytes<uint>(node));
    }
}
