using Netpol.Bundle.Verdicts;
using Netpol.Loader.Classes;
using Netpol.Loader.Verdicts;
using Netpol.Semantics;
using Netpol.Tests.Unit.Compiler;

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

    /// <param name="isSpent">Has a limited rule no token?</param>
    internal IrVerdict Judge(
        AddressClass self, int peer, bool isSame, bool isIngress, TrafficSpace space, int value, int service, int servicePort, bool isIsolated,
        bool isFromHost, Func<int, bool> isSpent)
    {
        var spent = 0;
        while (true)
        {
            var entry = Ask(self, peer, isSame, isIngress, space, value, service, servicePort, spent);
            var rule = (int)(entry & VerdictCell.Number);
            if (isFromHost && (entry & VerdictCell.Admin) == 0)
            {
                return new(Verdict.Allow, 0, false);
            }

            if (rule == 0 || (isIsolated && (entry & VerdictCell.Baseline) != 0))
            {
                return new(isIsolated || spent > 0 ? Verdict.Deny : Verdict.Allow, 0, false);
            }

            if ((entry & VerdictCell.Limit) == 0 || !isSpent(rule))
            {
                return new(
                    (entry & VerdictCell.Deny) == 0 ? Verdict.Allow : (entry & VerdictCell.Reject) == 0 ? Verdict.Deny : Verdict.Reject,
                    rule, (entry & VerdictCell.Log) != 0);
            }

            spent = rule;
        }
    }

    private uint Ask(
        AddressClass self, int peer, bool isSame, bool isIngress, TrafficSpace space, int value, int service, int servicePort, int spent)
    {
        var entry = 0U;
        if (_pairs.TryGetValue(PairKey.Of(self.Id, peer, isSame, isIngress), out var pair) ||
            _pairs.TryGetValue(PairKey.OfOthers(self.Id, isIngress), out pair))
        {
            entry = Unspent(Walk(pair[(int)space], value), spent);
        }

        if (service != 0 && _pairs.TryGetValue(PairKey.OfService(self.Id, service, isIngress), out var byService))
        {
            entry = Join(entry, Unspent(Walk(byService[(int)space], servicePort), spent));
        }

        return entry;
    }

    private uint Unspent(uint entry, int spent) => VerdictCell.IsList(entry)
        ? _nodes[(int)(entry & VerdictCell.Number)].First(each => (each & VerdictCell.Limit) == 0 || (each & VerdictCell.Number) > spent)
        : entry;

    private static int Stage(uint entry) =>
        (entry & VerdictCell.Number) == 0 ? 6
        : (entry & VerdictCell.Admin) != 0 ? 0
        : (entry & VerdictCell.Baseline) != 0 ? 5
        : (entry & VerdictCell.Limit) != 0 ? 4
        : (entry & VerdictCell.Deny) == 0 ? 3
        : (entry & VerdictCell.Reject) != 0 ? 2 : 1;

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
        Stage(a) != Stage(b) ? (Stage(a) < Stage(b) ? a : b)
        : ((a & VerdictCell.Number) < (b & VerdictCell.Number) ? a : b) | (Stage(a) == 4 ? 0 : (a | b) & VerdictCell.Log);
}
