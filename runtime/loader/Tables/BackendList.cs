using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Text;
using Netpol.Bundle;
using Netpol.Loader.Abi;
using Netpol.Loader.Native;

namespace Netpol.Loader.Tables;

/// <summary>The backends of one service port in one family, and where the tables have them.</summary>
/// <param name="AddressLength">4 or 16.</param>
/// <param name="IsLocal">Only this node's get new connections.</param>
/// <param name="Id">By which the tables know it: the port's, or where that has two lists one beyond all ports'.</param>
/// <param name="Keys">Of <c>services4</c> or <c>services6</c>: every way to it.</param>
/// <param name="Name">A hash of the service's name.</param>
/// <param name="FirstLine">Of <c>maglev</c>.</param>
/// <param name="Positions">Of the table there; 0: the backends are drawn at random.</param>
internal sealed record BackendList(
    ServiceEntry Service, ServicePortEntry Port, int AddressLength, bool IsLocal, uint Id, ImmutableArray<ServiceWay> Keys, ulong Name, int FirstLine,
    int Positions)
{
    /// <summary><c>MAGLEV_LINE</c> of <c>abi.h</c>.</summary>
    private const int PositionsPerLine = 32;

    private static readonly int[] AddressLengths = [4, 16];

    /// <summary>Where its positions are among the bytes of <c>maglev</c>.</summary>
    internal int FirstByte => FirstLine * PositionsPerLine * sizeof(ushort);

    internal int ByteLength => Positions * sizeof(ushort);

    /// <summary>Who gets new connections depends on where the others are.</summary>
    internal bool IsByPlace => IsLocal || Service.Locality is { IsEmpty: false };

    internal string Suffix => AddressLength == 4 ? "4" : "6";

    internal static ImmutableArray<BackendList> Of(Manifest manifest)
    {
        var lists = ImmutableArray.CreateBuilder<BackendList>();
        var line = 0;
        var ports = manifest.Services.Sum(service => service.Ports.Length);
        var sources = ServiceWay.SourceSets(manifest);
        foreach (var service in manifest.Services)
        {
            var name = IdentityHash.Of(Encoding.UTF8.GetBytes(service.Name), seed: 0);
            foreach (var length in AddressLengths)
            {
                var positions = (length == 4 ? service.Maglev?.Ipv4 : service.Maglev?.Ipv6) ?? 0;
                foreach (var (port, isLocal, ways) in service.Ports.SelectMany(port => ServiceWay.Lists(service, port, length, sources)))
                {
                    var isSecond = isLocal && lists.Count > 0 && lists[^1].Port == port && lists[^1].AddressLength == length;
                    lists.Add(new BackendList(
                        service, port, length, isLocal, (uint)(port.Id + (isSecond ? ports : 0)), ways, name, line, positions));
                    line += (positions + PositionsPerLine - 1) / PositionsPerLine;
                }
            }
        }

        return lists.ToImmutable();
    }

    /// <summary><c>struct service4_key</c>, <c>struct service6_key</c>: address, port in network order, protocol, and whether it is for clients from outside alone.</summary>
    internal static byte[] KeyOf(ReadOnlySpan<byte> address, int port, byte protocol, bool isOutside = false)
    {
        byte[] key = [.. address, 0, 0, protocol, isOutside ? (byte)1 : (byte)0];
        BinaryPrimitives.WriteUInt16BigEndian(key.AsSpan(address.Length), (ushort)port);
        return key;
    }

    /// <summary>Of all backends those that get new connections from this node, as the entries of <c>backends4</c> or <c>backends6</c>.</summary>
    internal ImmutableArray<Backend> Entries(ImmutableArray<Backend> backends, string? zone)
    {
        var chosen = Chosen([.. backends.Where(backend => backend.IsReady)], zone);
        return Positions == 0 ? Backend.ByWeight(chosen) : chosen;
    }

    private ImmutableArray<Backend> Chosen(ImmutableArray<Backend> ready, string? zone)
    {
        if (IsLocal)
        {
            ready = [.. ready.Where(IsHere)];
        }

        foreach (var locality in Service.Locality ?? [])
        {
            ImmutableArray<Backend> near = [.. ready.Where(backend => locality == "node" ? IsHere(backend) : IsIn(zone, backend))];
            if (!near.IsEmpty)
            {
                return near;
            }
        }

        return ready;
    }

    private static bool IsHere(Backend backend) => backend.Endpoint is { IsHere: true };

    private static bool IsIn(string? zone, Backend backend) =>
        zone is not null && backend.Endpoint is { } endpoint && (endpoint.IsHere || endpoint.Record.Spec.Zone == zone);

    /// <summary>What a key leads to.</summary>
    /// <param name="sources">The set of those whom it is for.</param>
    internal Service Value(int count, uint sources) => new()
    {
        Id = (uint)Service.Id,
        Port = Id,
        Backends = (uint)count,
        Maglev = (uint)FirstLine,
        Positions = (uint)Positions,
        Affinity = Service.Affinity is { } seconds ? DatapathClock.Units(seconds) : 0,
        Flags = Service.LeastConnections ? ServiceFlags.LeastConnections : ServiceFlags.None,
        Number = BinaryPrimitives.ReverseEndianness((ushort)Port.Port),
        Sources = sources,
        Name = Name,
    };

    /// <summary>The key of an entry of <c>backends4</c> or <c>backends6</c>.</summary>
    internal byte[] EntryKey(int index)
    {
        BackendKey key = new() { Port = Id, Index = (uint)index };
        return BpfMap.Bytes(ref key).ToArray();
    }

    /// <summary><c>struct service_backend4_key</c>, <c>struct service_backend6_key</c>: the list's id in host order, then the address.</summary>
    internal byte[] StateKey(Backend backend) => [.. BitConverter.GetBytes(Id), .. backend.Address.GetAddressBytes()];

    /// <summary>What the programs know of a backend.</summary>
    /// <param name="isEntry">It gets new connections.</param>
    internal byte[] State(Backend backend, bool isEntry)
    {
        ServiceBackend state = new()
        {
            Port = BinaryPrimitives.ReverseEndianness((ushort)backend.Port),
            Flags = isEntry ? BackendFlags.Ready : BackendFlags.None,
        };
        if (backend.DrainingSince is { } since && Service.Drain is { } seconds)
        {
            state.Flags |= BackendFlags.Draining;
            state.Until = since + DatapathClock.Units(seconds);
        }

        return BpfMap.Bytes(ref state).ToArray();
    }
}
