using System.Collections.Immutable;
using System.Net;
using System.Runtime.InteropServices;
using Netpol.Bundle;
using Netpol.Loader.Generations;
using Netpol.Loader.Hooks;
using Netpol.Loader.Native;
using Netpol.Loader.Network;
using Netpol.Loader.State;
using Netpol.Loader.Tables;

namespace Netpol.Loader;

/// <summary>Looks at a node and changes nothing.</summary>
internal static class NodeView
{
    internal static NodeStatus Status(Generation? generation, PinFolder pins, StateFolder state)
    {
        var endpoints = state.ReadEndpoints();
        if (generation is null)
        {
            return new NodeStatus(0, null, null, 0, [], [.. endpoints.Select(endpoint => StatusOf(endpoint, null))]);
        }

        var node = state.ReadNode();
        return new NodeStatus(
            generation.Number,
            generation.Record.Digest,
            generation.Record.Bundle,
            generation.State.Epoch,
            node.HostAddresses,
            [.. endpoints.Select(endpoint => StatusOf(endpoint, generation.Placement))])
        {
            Cgroup = node.Cgroup.Length > 0 ? node.Cgroup : null,
            Straight = node.Straight,
            Uplinks = [.. node.Uplinks.Select(device => StatusOf(pins, device))],
            Xdp = node.Xdp,
        };
    }

    private static UplinkStatus StatusOf(PinFolder pins, string device) => HostInterface.IndexOf(device) is var index and not 0
        ? new(device, new UplinkHook(pins, HookKind.Auto).IsAttached(index)) { Xdp = new XdpHook(pins).ModeOn(index) }
        : new(device, false);

    internal static EndpointStatus StatusOf(EndpointRecord record, Manifest? manifest)
    {
        var members = MembersOf(record, manifest);
        return new EndpointStatus(
            record.Id, record.Slot, record.InterfaceIndex, record.Hook, record.Attached,
            manifest is null ? [] : [.. manifest.Sets.Where(set => Placement.IsIn(members, set.Bit)).Select(set => set.Name)],
            manifest is null ? [] : [.. manifest.Policies.Where(policy => Placement.IsIn(members, policy.Bit)).Select(policy => policy.Name)],
            record.Spec);
    }

    internal static CounterSnapshot Counters(Generation? generation, Manifest? manifest)
    {
        if (generation is null || manifest is null)
        {
            return new CounterSnapshot(0, [], new RuleCount(null, 0, 0), []);
        }

        var rules = generation.Maps["rule_counters"];
        var drops = generation.Maps["drop_reasons"];
        return new CounterSnapshot(
            generation.Number,
            [.. manifest.Rules.Select(rule => CountOf(rules, rule))],
            CountOf(rules, null),
            [
                .. Enum.GetValues<Reason>()
                    .Select(reason => new DropCount(reason, Sum(drops, (uint)reason, 0)))
                    .Where(count => count.Packets > 0),
            ])
        {
            XdpToBackends = XdpPackets(generation, toClients: false),
            XdpToClients = XdpPackets(generation, toClients: true),
        };
    }

    internal static NodePressure? Pressure(Generation? generation) => generation is null
        ? null
        : PressureView.Of(generation.Maps, Sum(generation.Maps["drop_reasons"], (uint)Reason.ConnectionTable, 0));

    /// <summary><c>enum xdp_way</c> of abi.h; a bundle without services has no such map.</summary>
    private static ulong XdpPackets(Generation generation, bool toClients) =>
        generation.Maps.Find("xdp_packets") is { } packets ? Sum(packets, toClients ? 1u : 0, 0) : 0;

    /// <summary>What an endpoint lacks, one sentence each.</summary>
    internal static ImmutableArray<string> Problems(
        Generation? generation, PinFolder pins, EndpointRecord? record, string containerId, string interfaceName)
    {
        if (generation is null)
        {
            return ["no bundle is in charge of this node"];
        }

        if (record is null)
        {
            return [$"container {containerId} has no endpoint for `{interfaceName}`"];
        }

        var problems = ImmutableArray.CreateBuilder<string>();
        if (!record.Attached)
        {
            problems.Add("the attachment was cut short; repeat it or detach");
        }

        if (HostInterface.IndexOf(record.Spec.HostInterface) != record.InterfaceIndex)
        {
            problems.Add($"interface `{record.Spec.HostInterface}` is gone or is another one now");
        }
        else if (!HookChoice.Of(record.Hook, pins).IsAttached(record.Id, record.InterfaceIndex))
        {
            problems.Add($"the programs are not on interface `{record.Spec.HostInterface}` any more");
        }

        if (!generation.Slots.IsFilled(record.Slot))
        {
            problems.Add("the container's slot has no programs");
        }

        foreach (var address in record.Spec.Addresses.Select(IPAddress.Parse))
        {
            if (generation.Addresses.Has(address) && generation.Addresses.Find(address)?.Endpoint != record.Id)
            {
                problems.Add($"address {address} is not known as this container's");
            }
        }

        return problems.ToImmutable();
    }

    private static ulong[] MembersOf(EndpointRecord record, Manifest? manifest)
    {
        if (manifest is null)
        {
            return [];
        }

        PlacedEndpoint endpoint = new(record);
        var all = new ulong[manifest.Layout.MemberWords];
        foreach (var address in endpoint.Addresses)
        {
            var members = endpoint.MembersOf(manifest, address);
            for (var word = 0; word < all.Length; word++)
            {
                all[word] |= members[word];
            }
        }

        return all;
    }

    private static RuleCount CountOf(BpfMap map, RuleEntry? rule)
    {
        var index = (uint)(rule?.Id ?? 0);
        return new RuleCount(rule, Sum(map, index, 0), Sum(map, index, sizeof(ulong)));
    }

    private static ulong Sum(BpfMap map, uint index, int offset)
    {
        var values = map.LookupPerProcessor(index);
        ulong sum = 0;
        for (var at = offset; at < values.Length; at += map.Stride)
        {
            sum += MemoryMarshal.Read<ulong>(values.AsSpan(at));
        }

        return sum;
    }
}
