using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;

namespace Netpol.Testing.Packets;

/// <summary>One IP packet in an Ethernet frame: built with right checksums, parsed with every checksum verified.</summary>
/// <param name="Body">What follows the transport header (ICMP: its first 8 bytes).</param>
public sealed record Packet(IPAddress Source, IPAddress Destination, byte Protocol, ImmutableArray<byte> Body)
{
    public const byte Icmp = 1, Tcp = 6, Udp = 17, Gre = 47, IcmpV6 = 58, Sctp = 132;
    public const byte Fin = 1, Syn = 2, Rst = 4, Ack = 16;

    public ushort SourcePort { get; init; }

    public ushort DestinationPort { get; init; }

    /// <summary>TCP flags, or the type of SCTP's first chunk.</summary>
    public byte Flags { get; init; }

    public uint Sequence { get; init; }

    public uint Acknowledged { get; init; }

    public byte IcmpType { get; init; }

    public byte IcmpCode { get; init; }

    /// <summary>Bytes 4 to 7 of the ICMP header: identifier and sequence of an echo.</summary>
    public uint IcmpRest { get; init; }

    /// <summary>Offset in 8-byte units, whether more follow, and the identification; null: no fragment.</summary>
    public (int Offset, bool More, uint Id)? Fragment { get; init; }

    /// <summary>IPv4 options, a multiple of 4 bytes.</summary>
    public ImmutableArray<byte> Options { get; init; } = [];

    /// <summary>IPv6 extension headers before the transport header, with their numbers; the next header's number is filled in.</summary>
    public ImmutableArray<(byte Number, ImmutableArray<byte> Content)> Extensions { get; init; } = [];

    public byte Hops { get; init; } = 64;

    /// <summary>UDP may leave it out.</summary>
    public bool HasChecksum { get; init; } = true;

    public bool IsV6 => Source.AddressFamily == AddressFamily.InterNetworkV6;

    public static Packet TcpFrom(string source, ushort sourcePort, string destination, ushort port, byte flags = Syn) =>
        new(IPAddress.Parse(source), IPAddress.Parse(destination), Tcp, []) { SourcePort = sourcePort, DestinationPort = port, Flags = flags };

    public static Packet UdpFrom(string source, ushort sourcePort, string destination, ushort port, string body = "query") =>
        new(IPAddress.Parse(source), IPAddress.Parse(destination), Udp, [.. System.Text.Encoding.ASCII.GetBytes(body)])
        {
            SourcePort = sourcePort,
            DestinationPort = port,
        };

    /// <param name="chunk">The first chunk's type: 1 INIT, 2 INIT ACK, 6 ABORT, 7 SHUTDOWN, 0 DATA.</param>
    public static Packet SctpFrom(string source, ushort sourcePort, string destination, ushort port, byte chunk = 1, int length = 24) =>
        new(IPAddress.Parse(source), IPAddress.Parse(destination), Sctp, [chunk, 0, 0, (byte)length, .. new byte[length - 4]])
        {
            SourcePort = sourcePort,
            DestinationPort = port,
            Flags = chunk,
        };

    public static Packet Echo(string source, string destination, ushort id, bool isReply = false)
    {
        var from = IPAddress.Parse(source);
        var isV6 = from.AddressFamily == AddressFamily.InterNetworkV6;
        return new(from, IPAddress.Parse(destination), isV6 ? IcmpV6 : Icmp, [.. "netpol!!"u8])
        {
            IcmpType = (isV6, isReply) switch { (true, false) => 128, (true, true) => 129, (false, false) => 8, _ => 0 },
            IcmpRest = (uint)id << 16 | 1,
        };
    }

    /// <summary>An ICMP error of <paramref name="source"/> that quotes <paramref name="about"/>, to its sender.</summary>
    public static Packet Unreachable(string source, Packet about, int quoted = 64)
    {
        var inner = about.ToIp();
        var from = IPAddress.Parse(source);
        return new(from, about.Source, about.IsV6 ? IcmpV6 : Icmp, [.. inner.AsSpan(0, Math.Min(quoted, inner.Length))])
        {
            IcmpType = about.IsV6 ? (byte)1 : (byte)3,
            IcmpCode = about.IsV6 ? (byte)4 : (byte)3,
        };
    }

    public static Packet Raw(string source, string destination, byte protocol, params byte[] body) =>
        new(IPAddress.Parse(source), IPAddress.Parse(destination), protocol, [.. body]);

    /// <summary>The packet that answers this one.</summary>
    public Packet Reply(byte flags = Syn | Ack) => this with
    {
        Source = Destination,
        Destination = Source,
        SourcePort = DestinationPort,
        DestinationPort = SourcePort,
        Flags = Protocol is Tcp or Sctp ? flags : (byte)0,
        IcmpType = IcmpType switch { 8 => 0, 128 => 129, var other => other },
        Body = Protocol == Sctp ? [flags, .. Body.AsSpan()[1..]] : Body,
    };

    public byte[] ToFrame() =>
        [.. (ReadOnlySpan<byte>)[2, 0, 0, 0, 0, 0xfe, 2, 0, 0, 0, 0, 1], (byte)(IsV6 ? 0x86 : 0x08), (byte)(IsV6 ? 0xdd : 0x00), .. ToIp()];

    public byte[] ToIp()
    {
        var payload = Fragment is { Offset: > 0 } ? [.. Body] : Transport();
        return IsV6 ? Ipv6Header(payload) : Ipv4Header(payload);
    }

    public bool Equals(Packet? other) => other is not null && ToString() == other.ToString();

    public override int GetHashCode() => ToString().GetHashCode(StringComparison.Ordinal);

    public override string ToString() =>
        $"{Source}:{SourcePort} -> {Destination}:{DestinationPort} protocol {Protocol} flags {Flags} icmp {IcmpType}/{IcmpCode}/{IcmpRest:x} " +
        $"body {Convert.ToHexString(Body.AsSpan())} {Fragment}";

    private byte[] Transport()
    {
        byte[] segment = Protocol switch
        {
            Tcp => [0, 0, 0, 0, .. Big(Sequence), .. Big(Acknowledged), 0x50, Flags, 1, 0, 0, 0, 0, 0, .. Body],
            Udp => [0, 0, 0, 0, (byte)((8 + Body.Length) >> 8), (byte)(8 + Body.Length), 0, 0, .. Body],
            Sctp => [0, 0, 0, 0, 0, 0, 0, 7, 0, 0, 0, 0, .. Body],
            Icmp or IcmpV6 => [IcmpType, IcmpCode, 0, 0, .. Big(IcmpRest), .. Body],
            _ => [.. Body],
        };
        if (Protocol is Tcp or Udp or Sctp)
        {
            BinaryPrimitives.WriteUInt16BigEndian(segment, SourcePort);
            BinaryPrimitives.WriteUInt16BigEndian(segment.AsSpan(2), DestinationPort);
        }

        if (Protocol == Sctp)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(segment.AsSpan(8), Checksum.Crc32c(segment));
        }
        else if (ChecksumAt(Protocol) is { } at && HasChecksum)
        {
            var checksum = Protocol == Icmp ? Checksum.Internet(segment) : Checksum.Transport(Source, Destination, Protocol, segment);
            BinaryPrimitives.WriteUInt16BigEndian(segment.AsSpan(at), checksum == 0 && Protocol == Udp ? (ushort)0xffff : checksum);
        }

        return segment;
    }

    public static int? ChecksumAt(byte protocol) => protocol switch { Tcp => 16, Udp => 6, Icmp or IcmpV6 => 2, _ => null };

    private byte[] Ipv4Header(byte[] payload)
    {
        var headerLength = 20 + Options.Length;
        var place = Fragment is { } fragment ? fragment.Offset | (fragment.More ? 0x2000 : 0) : 0x4000;
        byte[] header =
        [
            (byte)(0x40 | headerLength / 4), 0, 0, 0, 0, 0, (byte)(place >> 8), (byte)place, Hops, Protocol, 0, 0,
            .. Source.GetAddressBytes(), .. Destination.GetAddressBytes(), .. Options,
        ];
        BinaryPrimitives.WriteUInt16BigEndian(header.AsSpan(2), (ushort)(headerLength + payload.Length));
        BinaryPrimitives.WriteUInt16BigEndian(header.AsSpan(4), (ushort)(Fragment?.Id ?? 0));
        BinaryPrimitives.WriteUInt16BigEndian(header.AsSpan(10), Checksum.Internet(header));
        return [.. header, .. payload];
    }

    private byte[] Ipv6Header(byte[] payload)
    {
        var extensions = Extensions;
        if (Fragment is { } fragment)
        {
            var place = fragment.Offset << 3 | (fragment.More ? 1 : 0);
            extensions = extensions.Add((44, [0, 0, (byte)(place >> 8), (byte)place, .. Big(fragment.Id)]));
        }

        byte[] chain = [];
        var next = Protocol;
        for (var i = extensions.Length - 1; i >= 0; i--)
        {
            chain = [next, .. extensions[i].Content.AsSpan()[1..], .. chain];
            next = extensions[i].Number;
        }

        var length = chain.Length + payload.Length;
        return
        [
            0x60, 0, 0, 0, (byte)(length >> 8), (byte)length, next, Hops, .. Source.GetAddressBytes(), .. Destination.GetAddressBytes(),
            .. chain, .. payload,
        ];
    }

    private static byte[] Big(uint value)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, value);
        return bytes;
    }
}
