using System.Collections.Immutable;
using System.Net;
using Netpol.Bundle;
using Netpol.Loader.Abi;
using Netpol.Loader.Classes;
using Netpol.Loader.Tables;

namespace Netpol.Loader.Generations;

/// <summary>What a generation's tables hold of the node: endpoints, their ports, services' backends, the node's addresses.</summary>
internal sealed class GenerationContent(MapSet maps, Manifest manifest, ClassTable classes, uint epoch)
{
    private readonly AddressTable _addresses = new(maps);

    /// <summary>Makes the tables hold exactly this, whatever they held: new ones are filled, damaged ones mended.</summary>
    /// <param name="backends">Of the same endpoints.</param>
    internal void WriteAll(IReadOnlyList<PlacedEndpoint> endpoints, IReadOnlyCollection<string> hostAddresses, ServiceDraft backends)
    {
        PortNameTable ports = new(maps, manifest.PortNames);
        ServiceTable services = new(maps, manifest, zone: null);
        HashSet<IPAddress> kept = [];
        foreach (var address in hostAddresses.Select(IPAddress.Parse))
        {
            WriteHost(address);
            kept.Add(address);
        }

        foreach (var endpoint in endpoints)
        {
            ports.Write(endpoint.Record.Id, endpoint.Record.Spec.Ports);
            WriteAddresses(endpoint);
            kept.UnionWith(endpoint.Addresses);
        }

        SocketNamespaceTable sockets = new(maps);
        sockets.WriteAll([.. endpoints.Where(endpoint => endpoint.IsHere)]);
        _addresses.DeleteOthers(kept);
        ports.DeleteOthers(endpoints.Select(endpoint => endpoint.Record.Id).ToHashSet());
        SourceTable.Fill(maps, manifest);
        services.WriteAddresses();
        services.WriteAll(backends);
    }

    internal void WriteAddresses(PlacedEndpoint endpoint)
    {
        foreach (var address in endpoint.Addresses.Where(_addresses.Has))
        {
            var members = endpoint.MembersOf(manifest, address);
            _addresses.Write(address, endpoint.Entry with
            {
                Class = classes.OfEndpoint(members, endpoint.Record.Spec.Ports, endpoint.IsHere),
                ObservedOneIn = ObservedOneIn(manifest, members),
                Flags = Isolation(manifest, members),
                Epoch = epoch,
            });
        }
    }

    /// <summary>A node's address is two: the host's when its sockets send, and a node's for what is forwarded under it.</summary>
    internal void WriteHost(IPAddress address)
    {
        if (!_addresses.Has(address) || _addresses.Find(address) is { Kind: (byte)AddressKind.Endpoint })
        {
            // A container may be given an address of its node (host-local without a range start); the container is judged.
            return;
        }

        _addresses.Write(
            address,
            new AddressEntry
            {
                Kind = (byte)AddressKind.Host,
                Class = classes.OfNode(Placement.MembersOf(manifest, new Subject.Host(address))),
                Epoch = epoch,
            });
        if (!address.IsIPv6LinkLocal)
        {
            new PrefixTable(maps).Write(address, classes.OfNode(Placement.MembersOf(manifest, new Subject.Node(address))));
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

    /// <summary>Finds the class of everything that will be written, before there are tables: these are made to measure.</summary>
    internal static void Classify(
        ClassTable classes, Manifest manifest, IEnumerable<PlacedEndpoint> endpoints, ImmutableArray<string> hostAddresses)
    {
        foreach (var address in hostAddresses.Select(IPAddress.Parse))
        {
            _ = classes.OfNode(Placement.MembersOf(manifest, new Subject.Host(address)));
            _ = classes.OfNode(Placement.MembersOf(manifest, new Subject.Node(address)));
        }

        foreach (var endpoint in endpoints)
        {
            Classify(classes, manifest, endpoint);
        }
    }

    /// <exception cref="TablesFullException">There is no room for it; nothing that packets meet has changed.</exception>
    internal static void Classify(ClassTable classes, Manifest manifest, PlacedEndpoint endpoint)
    {
        foreach (var address in endpoint.Addresses)
        {
            _ = classes.OfEndpoint(endpoint.MembersOf(manifest, address), endpoint.Record.Spec.Ports, endpoint.IsHere);
        }
    }

    internal static AddressFlags Isolation(Manifest manifest, ulong[] members)
    {
        var flags = AddressFlags.None;
        foreach (var policy in manifest.Policies.Where(policy => Placement.IsIn(members, policy.Bit)))
        {
            flags |= (policy.IsolatesEgress ? AddressFlags.IsolatedEgress : AddressFlags.None) |
                     (policy.IsolatesIngress ? AddressFlags.IsolatedIngress : AddressFlags.None);
        }

        return flags;
    }

    /// <summary>The manifest lists the most detailed first, so the first that is meant counts.</summary>
    internal static uint ObservedOneIn(Manifest manifest, ulong[] members) => manifest.Observe.Flows
        .Where(sample => sample.Bit is not { } bit || Placement.IsIn(members, bit))
        .Select(sample => sample.OneIn)
        .FirstOrDefault();
}
