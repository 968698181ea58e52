using System.Collections.Immutable;
using Netpol.Loader.Generations;
using Netpol.Loader.Hooks;
using Netpol.Loader.Network;
using Netpol.Loader.State;
using Netpol.Loader.Tables;

namespace Netpol.Loader;

/// <summary>Where a node's programs stand: on its containers' devices, its uplinks and its cgroup. What was asked for is kept in the node's record.</summary>
internal sealed class NodeHooks(PinFolder pins, StateFolder state, HookKind kind)
{
    /// <summary>Which uplinks do without an XDP program that was asked for, and why, a sentence each.</summary>
    internal ImmutableArray<string> Refusals { get; private set; } = [];

    internal void AttachSockets(string cgroup, Generation? generation)
    {
        cgroup = Path.GetFullPath(cgroup);
        CgroupHook.Require(cgroup);
        var node = state.ReadNode();
        if (node.Cgroup != cgroup)
        {
            state.WriteNode(node with { Cgroup = cgroup, SocketsLed = true });
        }

        HookSockets(cgroup, generation);
    }

    internal void DetachSockets()
    {
        var node = state.ReadNode();
        // Earlier builds kept the cgroup alone.
        state.WriteNode(node with { Cgroup = "", SocketsLed = node.SocketsLed || node.Cgroup.Length > 0 });
        new CgroupHook(pins).Detach();
    }

    internal void AttachUplinks(ImmutableArray<string> devices, Generation? generation)
    {
        foreach (var device in devices)
        {
            _ = UplinkHook.IndexOf(device);
        }

        var node = state.ReadNode();
        if (!node.Uplinks.SequenceEqual(devices, StringComparer.Ordinal))
        {
            state.WriteNode(node with { Uplinks = devices });
        }

        if (generation is not null)
        {
            new UplinkHook(pins, kind).Attach(devices, generation.Number);
            MasqueradeTable.Write(generation.Maps, generation.Placement.NodeRanges ?? [], devices);
            HookXdp(devices, node.Xdp, generation);
        }
    }

    internal void AttachXdp(XdpMode mode, Generation? generation)
    {
        var node = state.ReadNode();
        if (node.Xdp != mode)
        {
            state.WriteNode(node with { Xdp = mode });
        }

        if (generation is not null)
        {
            HookXdp(node.Uplinks, mode, generation);
        }
    }

    /// <summary>
    /// Makes good what is missing on the cgroup and the uplinks that were asked for. One that has gone is no reason not to load a bundle: whoever
    /// attaches it again is told.
    /// </summary>
    internal void Renew(Generation? generation)
    {
        var node = state.ReadNode();
        HookSockets(node.Cgroup, generation);
        if (generation is not null)
        {
            new UplinkHook(pins, kind).Attach([.. node.Uplinks.Where(device => HostInterface.IndexOf(device) != 0)], generation.Number);
            HookXdp(node.Uplinks, node.Xdp, generation);
        }
    }

    /// <summary>Puts stubs on devices that lost them with their pins, before the first generation of new ones.</summary>
    internal void RenewDevices(Generation generation, ImmutableArray<EndpointRecord> endpoints)
    {
        using EndpointPrograms programs = new(generation.Templates, generation.Maps, generation.Number, state);
        foreach (var endpoint in endpoints)
        {
            using var stubs = programs.LoadStubs(endpoint.Slot);
            var hook = HookChoice.Attach(kind, isHasty: false, pins, endpoint.Id, endpoint.InterfaceIndex, stubs.FromEndpoint, stubs.ToEndpoint);
            state.WriteEndpoint(endpoint with { Hook = hook.Name });
        }
    }

    private void HookSockets(string cgroup, Generation? generation)
    {
        if (cgroup.Length > 0 && generation is not null && Directory.Exists(cgroup))
        {
            StateWord.AskSockets(generation.Maps[StateWord.MapName]);
            new CgroupHook(pins).Attach(cgroup, generation.Number);
        }
    }

    private void HookXdp(ImmutableArray<string> devices, XdpMode mode, Generation generation) =>
        Refusals = new XdpHook(pins).Attach(devices, mode, generation.Number);
}
