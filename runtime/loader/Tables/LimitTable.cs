using Netpol.Bundle;
using Netpol.Loader.Abi;
using Netpol.Loader.Native;

namespace Netpol.Loader.Tables;

/// <summary><c>limits</c>: what <c>limit</c> says of rules, by their ids. Buckets are made by the programs.</summary>
internal static class LimitTable
{
    private const string MapName = "limits";

    internal static void Fill(MapSet maps, Manifest manifest)
    {
        if (maps.Find(MapName) is not { } map)
        {
            return;
        }

        foreach (var rule in manifest.Rules)
        {
            if (rule.Limit is { } limit)
            {
                var key = (uint)rule.Id;
                RuleLimit value = new()
                {
                    Each = (ulong)limit.Nanoseconds,
                    Burst = (ulong)limit.Nanoseconds * (ulong)(limit.Burst - 1),
                    PerSource = limit.PerSource ? 1U : 0,
                };
                map.Update(BpfMap.Bytes(ref key), BpfMap.Bytes(ref value));
            }
        }
    }
}
