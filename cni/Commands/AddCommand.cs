using System.Collections.Immutable;
using System.Net;
using System.Text.Json;
using Netpol.Cni.Configuration;
using Netpol.Cni.Devices;
using Netpol.Cni.Ipam;
using Netpol.Cni.Protocol;
using Netpol.Loader;

namespace Netpol.Cni.Commands;

/// <summary>
/// ADD: after another plugin, puts the interface it made under policy; alone, makes the interface too. Either the policy
/// is attached, or nothing passes.
/// </summary>
internal static class AddCommand
{
    public static void Run(Invocation invocation, NetworkConfig config, Stream output)
    {
        var identity = config.Identity.With(Arguments.Read(invocation.Arguments));
        if (config.Previous is { } previous)
        {
            AddChained(invocation, config, identity, previous, output);
        }
        else if (config.IpamType is { } ipam)
        {
            AddAlone(invocation, config, identity, new IpamPlugin(ipam, invocation, config.Text), output);
        }
        else
        {
            throw new CniException(
                CniErrorCode.InvalidConfig,
                "neither `prevResult` nor `ipam` is there",
                "chain netpol after another plugin in a conflist, or give it `ipam` to make the interface itself");
        }
    }

    private static void AddChained(
        Invocation invocation, NetworkConfig config, Identity identity, JsonElement previousElement, Stream output)
    {
        var previous = PreviousResult.Read(previousElement, "prevResult");
        using var container = NetworkNamespace.OpenContainer(invocation.NetworkNamespace);
        using var node = new DeviceTable();
        var pair = InterfacePair.Find(container, invocation.InterfaceName, previous, node);

        var isAttached = false;
        try
        {
            var addresses = previous.AddressesOf(invocation.InterfaceName);
            if (addresses.IsEmpty)
            {
                throw new CniException(
                    CniErrorCode.InvalidConfig,
                    $"prevResult has no address of the container's interface `{invocation.InterfaceName}`",
                    "policy is about addresses: chain netpol after a plugin with `ipam`");
            }

            Datapath.Attach(config, Spec(invocation, config, identity, pair, addresses));
            isAttached = true;
        }
        finally
        {
            if (!isAttached)
            {
                // The interface was made by somebody else and stays, but without its policy nothing may pass.
                node.SetUp(pair.Host.Index, isUp: false);
            }
        }

        if (!pair.Host.IsUp)
        {
            // An ADD before this one failed and left it so.
            node.SetUp(pair.Host.Index);
        }

        ResultWriter.WritePrevious(output, previousElement);
    }

    private static void AddAlone(
        Invocation invocation, NetworkConfig config, Identity identity, IpamPlugin ipam, Stream output)
    {
        using var container = NetworkNamespace.OpenContainer(invocation.NetworkNamespace);
        using var node = new DeviceTable();
        var hostName = OwnVeth.HostName(invocation.ContainerId, invocation.InterfaceName);
        if (node.Find(hostName) is not null || InterfacePair.FindInContainer(container, invocation.InterfaceName) is not null)
        {
            // Nothing is undone here: what is there belongs to the ADD before.
            throw new CniException(
                CniErrorCode.DeviceFailed,
                $"container `{invocation.ContainerId}` has an interface `{invocation.InterfaceName}` already",
                "DEL it first");
        }

        var addresses = ipam.Add();
        var isDone = false;
        try
        {
            var attachment = Build(invocation, config, identity, container, node, hostName, addresses);
            ResultWriter.WriteAttachment(output, config.CniVersion, attachment);
            isDone = true;
        }
        finally
        {
            if (!isDone)
            {
                Undo(invocation, config, node, hostName, ipam);
            }
        }
    }

    private static Attachment Build(
        Invocation invocation,
        NetworkConfig config,
        Identity identity,
        NetworkNamespace container,
        DeviceTable node,
        string hostName,
        PreviousResult ipam)
    {
        var addresses = OwnVeth.Plan(ipam.Addresses);
        var routes = OwnVeth.PlanRoutes(addresses, ipam.Routes);

        node.CreateVeth(hostName, invocation.InterfaceName, container, config.MtuBytes);
        var inside = OwnVeth.ConfigureContainer(container, invocation.InterfaceName, addresses, routes);
        var host = node.Find(hostName)
            ?? throw new CniException(CniErrorCode.DeviceFailed, $"the device `{hostName}` vanished from the node");

        // The node's end is down until the policy is there.
        Datapath.Attach(config, Spec(invocation, config, identity, new(host, inside), [.. addresses.Select(address => address.Address)]));
        OwnVeth.ConfigureHost(node, host, addresses);

        return new(
            new(host.Name, host.Mac), new(inside.Name, inside.Mac), invocation.NetworkNamespace, addresses, routes, config.Dns);
    }

    // The first failure is the one to report: what cannot be undone now, the runtime's DEL undoes.
    private static void Undo(Invocation invocation, NetworkConfig config, DeviceTable node, string hostName, IpamPlugin ipam)
    {
        Action[] steps =
        [
            () => Datapath.Detach(config, invocation.ContainerId, invocation.InterfaceName),
            () =>
            {
                if (node.Find(hostName) is { } host)
                {
                    node.Delete(host.Index);
                }
            },
            ipam.Delete,
        ];
        foreach (var step in steps)
        {
            try
            {
                step();
            }
            catch (Exception error) when (error is CniException or IOException)
            {
            }
        }
    }

    private static EndpointSpec Spec(
        Invocation invocation, NetworkConfig config, Identity identity, InterfacePair pair, ImmutableArray<IPAddress> addresses) => new(
        invocation.ContainerId,
        invocation.InterfaceName,
        pair.Host.Name,
        pair.Container.Mac,
        [.. addresses.Select(address => address.ToString())],
        identity.Namespace,
        identity.NamespaceLabels,
        identity.Labels,
        identity.Ports,
        identity.Name,
        config.Name,
        invocation.NetworkNamespace);
}
