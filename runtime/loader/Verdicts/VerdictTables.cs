using System.Runtime.InteropServices;
using Netpol.Bundle.Verdicts;
using Netpol.Loader.Classes;
using Netpol.Loader.Native;
using Netpol.Loader.Tables;

namespace Netpol.Loader.Verdicts;

/// <summary>
/// <c>verdict_pairs</c> and <c>verdict_nodes</c> in the kernel. Nodes are written before the pairs that lead to them. No program reads
/// node 0: its first entry counts the nodes that are taken.
/// </summary>
internal sealed class VerdictTables(MapSet maps, Func<VerdictTerms> terms) : IClassPublisher
{
    internal const string PairsMap = "verdict_pairs";
    internal const string NodesMap = "verdict_nodes";
    internal const int FirstNode = 1;

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
        try
        {
            pairs.UpdateMany(
                MemoryMarshal.AsBytes<PairKey>(draft.Pairs.Keys.ToArray()),
                MemoryMarshal.AsBytes<PairHalves>(draft.Pairs.Values.Select(PairHalves.Same).ToArray()), draft.Pairs.Count);
        }
        catch (KernelException e) when (e.IsNoRoom)
        {
            throw new TablesFullException($"the verdicts of this node's containers need more than {pairs.MaxEntries} pairs of classes");
        }
    }

    /// <summary>One past the highest node that was ever taken; 0: none was.</summary>
    internal static int ReadEnd(BpfMap nodes)
    {
        var node = new byte[NodePool.Entries * sizeof(uint)];
        return nodes.TryLookup(new byte[sizeof(int)], node) ? MemoryMarshal.Read<int>(node) : 0;
    }

    internal static void WriteEnd(BpfMap nodes, int end)
    {
        var node = new byte[NodePool.Entries * sizeof(uint)];
        MemoryMarshal.Write(node, end);
        nodes.Update(new byte[sizeof(int)], node);
    }
}
