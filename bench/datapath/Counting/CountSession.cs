using System.Collections.Immutable;
using Netpol.Loader.Generations;
using Netpol.Loader.Native;

namespace Netpol.Bench.Counting;

/// <summary>Counts, which unlike time are the same on every machine of one kernel: calls of each case's packet, sizes of the programs.</summary>
internal static class CountSession
{
    /// <summary>What the world has loaded for its client.</summary>
    internal static IEnumerable<ProgramSize> Sizes(World world, int rules)
    {
        yield return ProgramSize.Of("from_endpoint_stub", rules, world.FromClient);
        yield return ProgramSize.Of("to_endpoint_stub", rules, world.ToClient);
        var slot = 2 * (uint)world.Endpoints[0].Slot + (world.Generation.Number & 1);
        yield return InArray(world, "from_endpoint_programs", slot, "from_endpoint", rules);
        yield return InArray(world, "to_endpoint_programs", slot, "to_endpoint", rules);
        for (var i = 0; i < GenerationBuilder.ViaStack.Length; i++)
        {
            yield return InArray(world, "programs", (uint)i, GenerationBuilder.ViaStack[i], rules);
        }
    }

    /// <summary>The world is good for nothing else afterwards.</summary>
    internal static IEnumerable<CaseCount> Calls(World world, byte[] driver, int rules)
    {
        using CallCounts counts = new(world);
        foreach (var family in (int[])[4, 6])
        {
            foreach (var (forward, reply) in CaseTable.Established(family))
            {
                using Driver there = DriverOf(forward, world, counts, driver), back = DriverOf(reply, world, counts, driver);
                there.Run(1, TcpFrame.Syn);
                back.Run(1, TcpFrame.Syn | TcpFrame.Ack);
                yield return CaseCount.Of(forward, rules, Run(there, counts));
                yield return CaseCount.Of(reply, rules, Run(back, counts));
            }

            world.ForgetConnections();
            foreach (var first in CaseTable.First(family).Concat(CaseTable.Denied(family)))
            {
                using var series = DriverOf(first, world, counts, driver);
                yield return CaseCount.Of(first, rules, Run(series, counts));
            }
        }
    }

    private static Driver DriverOf(Case counted, World world, CallCounts counts, byte[] driver)
    {
        Driver made = new(driver, counted.Self, counted.Peer, counted.IsReply, counted.Flags);
        made.Plan(counted.Flows(1));
        made.Test(counts.InPlaceOf(counted.Hook(world)));
        return made;
    }

    private static ImmutableArray<(CallSite Site, ulong Calls)> Run(Driver driver, CallCounts counts)
    {
        _ = counts.Take();
        driver.Run(1);
        return counts.Take();
    }

    private static ProgramSize InArray(World world, string map, uint index, string name, int rules)
    {
        uint id = 0;
        world.Map(map).TryLookup(BpfMap.Bytes(ref index), BpfMap.Bytes(ref id));
        using var program = BpfProgram.OpenById(id, name);
        return ProgramSize.Of(name, rules, program);
    }
}
