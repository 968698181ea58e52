using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Net;
using System.Runtime.InteropServices;
using Netpol.Bundle;
using Netpol.Loader.Abi;
using Netpol.Loader.Native;

namespace Netpol.Loader.Tables;

/// <summary>
/// <c>services4/6</c> and <c>backends4/6</c>. A backend's entry is written before the count takes it in, and the count
/// leaves it out before its entry goes, so that a program never draws an index without an entry.
/// </summary>
internal sealed class ServiceTable(MapSet maps, Manifest manifest)
{
    private static readonly int[] AddressLengths = [4, 16];

    /// <summary>Makes the tables hold exactly these backends; on tables in use, too.</summary>
    internal void WriteAll(IReadOnlyList<PlacedEndpoint> endpoints)
    {
        foreach (var length in AddressLengths)
        {
            if (BackendsOf(length) is not { } backends)
            {
                continue;
            }

            HashSet<(uint Port, uint Index)> kept = [];
            foreach (var (service, port) in PortsOf(length))
            {
                ImmutableArray<Backend> entries = service.BackendSet is null
                    ? Backend.OfLiterals(service, port, length)
                    : [.. endpoints.Select(endpoint => Backend.OfEndpoint(manifest, service, port, endpoint, length)).OfType<Backend>()];
                for (var index = 0; index < entries.Length; index++)
                {
                    WriteBackend(backends, port, index, entries[index]);
                    kept.Add(((uint)port.Id, (uint)index));
                }

                WriteCount(service, port, length, entries.Length);
            }

            foreach (var key in backends.Keys())
            {
                var entry = MemoryMarshal.Read<BackendKey>(key);
                if (!kept.Contains((entry.Port, entry.Index)))
                {
                    backends.Delete(key);
                }
            }
        }
    }

    /// <summary>The services' addresses alone, so that what is no port of theirs is rejected.</summary>
    internal void WriteAddresses()
    {
        foreach (var service in manifest.Services)
        {
            foreach (var address in service.Addresses.Select(IPAddress.Parse))
            {
                WriteService(address, 0, 0, new Service { Id = (uint)service.Id });
            }
        }
    }

    internal void Add(PlacedEndpoint endpoint)
    {
        foreach (var (service, port, length, backend) in OfEndpoint(endpoint))
        {
            Add(service, port, length, backend);
        }
    }

    /// <summary>What is a backend before and after stays where it is: its connections do not care.</summary>
    internal void Replace(PlacedEndpoint? former, PlacedEndpoint? next)
    {
        if (manifest.Services.IsEmpty)
        {
            return;
        }

        var before = former is null ? [] : OfEndpoint(former).ToList();
        var after = next is null ? [] : OfEndpoint(next).ToList();
        foreach (var (service, port, length, backend) in after.Except(before))
        {
            Add(service, port, length, backend);
        }

        foreach (var (service, port, length, backend) in before.Except(after))
        {
            if (BackendsOf(length) is { } backends)
            {
                Remove(backends, service, port, length, backend);
            }
        }
    }

    internal void Remove(PlacedEndpoint endpoint)
    {
        foreach (var (service, port, length, backend) in OfEndpoint(endpoint))
        {
            if (BackendsOf(length) is { } backends)
            {
                Remove(backends, service, port, length, backend);
            }
        }
    }

    /// <summary>Where the endpoint is sent datagrams to by services.</summary>
    internal HashSet<IPEndPoint> DatagramBackends(PlacedEndpoint endpoint) =>
        [.. OfEndpoint(endpoint).Where(entry => entry.Port.Protocol == "udp").Select(entry => new IPEndPoint(entry.Backend.Address, entry.Backend.Port))];

    private void Add(ServiceEntry service, ServicePortEntry port, int length, Backend backend)
    {
        if (BackendsOf(length) is { } backends)
        {
            var count = ReadCount(service, port, length);
            WriteBackend(backends, port, count, backend);
            WriteCount(service, port, length, count + 1);
        }
    }

    /// <summary>The last entry moves into the hole.</summary>
    private void Remove(BpfMap backends, ServiceEntry service, ServicePortEntry port, int length, Backend backend)
    {
        var count = ReadCount(service, port, length);
        var wanted = Value(backend);
        var found = new byte[backends.ValueSize];
        for (var index = 0; index < count; index++)
        {
            if (!backends.TryLookup(Key(port, index), found) || !found.AsSpan().SequenceEqual(wanted))
            {
                continue;
            }

            var last = new byte[backends.ValueSize];
            if (index != count - 1 && backends.TryLookup(Key(port, count - 1), last))
            {
                backends.Update(Key(port, index), last);
            }

            WriteCount(service, port, length, count - 1);
            backends.Delete(Key(port, count - 1));
            return;
        }
    }

    private IEnumerable<(ServiceEntry Service, ServicePortEntry Port, int Length, Backend Backend)> OfEndpoint(PlacedEndpoint endpoint) =>
        from length in AddressLengths
        from pair in PortsOf(length)
        let backend = Backend.OfEndpoint(manifest, pair.Service, pair.Port, endpoint, length)
        where backend is not null
        select (pair.Service, pair.Port, length, backend.Value);

    private IEnumerable<(ServiceEntry Service, ServicePortEntry Port)> PortsOf(int length) =>
        from service in manifest.Services
        where AddressesOf(service, length).Any()
        from port in service.Ports
        select (service, port);

    private static IEnumerable<IPAddress> AddressesOf(ServiceEntry service, int length) =>
        service.Addresses.Select(IPAddress.Parse).Where(address => address.GetAddressBytes().Length == length);

    private BpfMap? BackendsOf(int length) => maps.Find(length == 4 ? "backends4" : "backends6");

    private BpfMap? ServicesOf(int length) => maps.Find(length == 4 ? "services4" : "services6");

    private static void WriteBackend(BpfMap backends, ServicePortEntry port, int index, Backend backend) =>
        backends.Update(Key(port, index), Value(backend));

    /// <summary>Every address of a service has the same backends, hence the same count.</summary>
    private void WriteCount(ServiceEntry service, ServicePortEntry port, int length, int count)
    {
        foreach (var address in AddressesOf(service, length))
        {
            WriteService(
                address, port.Port, Protocols.Number(port.Protocol),
                new Service { Id = (uint)service.Id, Port = (uint)port.Id, Backends = (uint)count });
        }
    }

    private int ReadCount(ServiceEntry service, ServicePortEntry port, int length)
    {
        Service value = default;
        var key = Key(AddressesOf(service, length).First(), port.Port, Protocols.Number(port.Protocol));
        return ServicesOf(length) is { } services && services.TryLookup(key, BpfMap.Bytes(ref value)) ? (int)value.Backends : 0;
    }

    private void WriteService(IPAddress address, int port, byte protocol, Service value) =>
        ServicesOf(address.GetAddressBytes().Length)?.Update(Key(address, port, protocol), BpfMap.Bytes(ref value));

    /// <summary><c>struct service4_key</c>, <c>struct service6_key</c>: address, port in network order, protocol, a zero.</summary>
    private static byte[] Key(IPAddress address, int port, byte protocol)
    {
        var bytes = address.GetAddressBytes();
        byte[] key = [.. bytes, 0, 0, protocol, 0];
        BinaryPrimitives.WriteUInt16BigEndian(key.AsSpan(bytes.Length), (ushort)port);
        return key;
    }

    private static byte[] Key(ServicePortEntry port, int index)
    {
        BackendKey key = new() { Port = (uint)port.Id, Index = (uint)index };
        return BpfMap.Bytes(ref key).ToArray();
    }

    /// <summary><c>struct backend4</c>, <c>struct backend6</c>: address, port in network order, two zeros.</summary>
    private static byte[] Value(Backend backend)
    {
        var bytes = backend.Address.GetAddressBytes();
        byte[] value = [.. bytes, 0, 0, 0, 0];
        BinaryPrimitives.WriteUInt16BigEndian(value.AsSpan(bytes.Length), (ushort)backend.Port);
        return value;
    }
}
