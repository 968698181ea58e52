using Netpol.Bundle.Verdicts;
using Netpol.Loader.Classes;
using Netpol.Loader.Verdicts;

namespace Netpol.Tests.Unit.Verdicts;

/// <summary>Reads drafts of tables as <c>verdict_tables.h</c> reads the tables.</summary>
internal sealed class TableReader
{
    private readonly Dictionary<PairKey, PairRoots> _pairs = [];
    private readonly Dictionary<int, uint[]> _nodes = [];

    internal int End { get; private set; } = VerdictTables.FirstNode;

    internal void Add(VerdictDraft draft)
    {
        Assert.Equal(End, draft.Nodes.First);
        foreach (var (key, roots) in draft.Pairs)
        {
            _pairs[key] = roots;
        }

        foreach (var node in draft.Nodes.Made)
        {
            _nodes.Add(End++, node);
        }
    }

    /// <summary>Allowed or not, the rule (0: none), and whether it is logged.</summary>
    internal (bool IsAllowed, int Rule, bool IsLogged) Judge(
        AddressClass self, int peer, bool isSame, bool isIngress, TrafficSpace space, int value, int service, int servicePort)
    {
        var entry = 0U;
        if (_pairs.TryGetValue(PairKey.Of(self.Id, peer, isSame, isIngress), out var pair) ||
            _pairs.TryGetValue(PairKey.OfOthers(self.Id, isIngress), out pair))
        {
            entry = Walk(pair[(int)space], value);
        }

        if (service != 0 && _pairs.TryGetValue(PairKey.OfService(self.Id, service, isIngress), out var byService))
        {
            entry = Join(entry, Walk(byService[(int)space], servicePort));
        }

        const uint Rule = 0x1fff_ffff;
        return (entry != 0 && (entry & VerdictCell.Deny) == 0, (int)(entry & Rule), (entry & VerdictCell.Log) != 0);
    }

    private uint Walk(uint entry, int value)
    {
        if (entry != 0 && (entry & VerdictCell.Final) == 0)
        {
            entry += (uint)(value >> 15);
        }

        for (var shift = 10; shift >= 0; shift -= 5)
        {
            entry = entry == 0 || (entry & VerdictCell.Final) != 0 ? entry : _nodes[(int)entry][value >> shift & 31];
        }

        return entry;
    }

    private static uint Join(uint a, uint b) =>
        a == 0 || b == 0 ? a | b
        : ((a ^ b) & VerdictCell.Deny) != 0 ? ((a & VerdictCell.Deny) != 0 ? a : b)
        : Math.Min(a & ~VerdictCell.Log, b & ~VerdictCell.Log) | ((a | b) & VerdictCell.Log);
}
