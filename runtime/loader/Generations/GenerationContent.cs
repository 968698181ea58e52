using System.Net;
using Netpol.Bundle;
using Netpol.Loader.Abi;
using Netpol.Loader.Tables;

namespace Netpol.Loader.Generations;

/// <summary>What a generation's tables hold of the node: endpoints, their ports, services' backends, the node's addresses.</summary>
internal static class GenerationContent
{
    /// <summary>Makes the tables hold exactly this, whatever they held: new ones are filled, damaged ones mended.</summary>
    internal static void WriteAll(
        MapSet maps, Manifest manifest, IReadOnlyList<PlacedEndpoint> endpoints, IReadOnlyCollection<string> hostAddresses)
    {
        AddressTable addresses = new(maps);
        PortNameTable ports = new(maps, manifest.PortNames);
        ServiceTable services = new(maps, manifest);
        HashSet<IPAddress> kept = [];
        foreach (var address in hostAddresses.Select(IPAddress.Parse))
        {
            WriteHost(maps, manifest, address);
            kept.Add(address);
        }

        foreach (var endpoint in endpoints)
        {
            ports.Write(endpoint.Record.Id, endpoint.Record.Spec.Ports);
            WriteAddresses(addresses, manifest, endpoint);
            kept.UnionWith(endpoint.Addresses);
        }

        addresses.DeleteOthers(kept);
        ports.DeleteOthers(endpoints.Select(endpoint => endpoint.Record.Id).ToHashSet());
        services.WriteAddresses();
        services.WriteAll(endpoints);
    }

    internal static void WriteAddresses(AddressTable table, Manifest manifest, PlacedEndpoint endpoint)
    {
        foreach (var address in endpoint.Addresses)
        {
            table.Write(address, endpoint.Head, endpoint.MembersOf(manifest, address));
        }
    }

    /// <summary>A node's address is two: the host's when its sockets send, and a node's for what is forwarded under it.</summary>
    internal static void WriteHost(MapSet maps, Manifest manifest, IPAddress address)
    {
        AddressTable addresses = new(maps);
        if (addresses.Find(address) is { Kind: (byte)AddressKind.Endpoint })
        {
            // A container may be given an address of its node (host-local without a range start); the container is judged.
            return;
        }

        addresses.Write(
            address,
            new AddressHead { Kind = (byte)AddressKind.Host },
            Placement.MembersOf(manifest, new Subject.Host(address)));
        if (!address.IsIPv6LinkLocal)
        {
            new PrefixTable(maps).Write(address, Placement.MembersOf(manifest, new Subject.Node(address)));
        }
    }

    internal static void DeleteHost(MapSet maps, IPAddress address, Func<Manifest> wholeManifest)
    {
        AddressTable addresses = new(maps);
        if (addresses.Find(address) is { Kind: (byte)AddressKind.Host })
        {
            addresses.Delete(address);
        }

        if (!address.IsIPv6LinkLocal)
        {
            new PrefixTable(maps).Restore(address, wholeManifest);
        }
    }
}
