using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Netpol.Bundle;
using Netpol.Loader.Abi;

namespace Netpol.Runtime;

/// <summary>One record of the <c>events</c> ring, decoded: <c>struct flow_event</c> of the datapath.</summary>
/// <param name="Time">Of <c>CLOCK_MONOTONIC</c>.</param>
/// <param name="Generation">Of the bundle whose rule <paramref name="RuleId"/> is.</param>
/// <param name="RuleId">As in the manifest; 0: no rule decided.</param>
/// <param name="Endpoint">The judged endpoint's id on its node; 0: unknown.</param>
/// <param name="Peer">The other end's; 0: no endpoint.</param>
/// <param name="Source">As the packet came, before translation; null of what is no IP.</param>
/// <param name="SourcePort">In host order; the type of an ICMP message.</param>
/// <param name="DestinationPort">In host order; the code of an ICMP message.</param>
/// <param name="ServiceId">As in the manifest; 0: not translated.</param>
/// <param name="Backend">Where the service sent it; null without service.</param>
/// <param name="Protocol">IANA's number.</param>
/// <param name="Length">Bytes on the wire.</param>
public sealed record DecodedFlow(
    TimeSpan Time,
    uint Generation,
    uint RuleId,
    uint Endpoint,
    uint Peer,
    IPAddress? Source,
    int SourcePort,
    IPAddress? Destination,
    int DestinationPort,
    uint ServiceId,
    IPEndPoint? Backend,
    byte Protocol,
    Verdict Verdict,
    Reason Reason,
    bool IsIngress,
    bool IsLogged,
    bool IsSampled,
    bool IsReply,
    int Length)
{
    private const byte Logged = 1;
    private const byte Sampled = 2;
    private const byte Reply = 4;
    private const int NanosecondsPerTick = 100;
    private const byte Tcp = 6;
    private const byte Udp = 17;
    private const byte Sctp = 132;

    /// <summary>Decodes a record as the ring holds it; false where it is shorter than that.</summary>
    public static bool TryDecode(ReadOnlySpan<byte> record, [NotNullWhen(true)] out DecodedFlow? decoded)
    {
        decoded = record.Length >= Unsafe.SizeOf<FlowEvent>() ? Decode(MemoryMarshal.Read<FlowEvent>(record)) : null;
        return decoded is not null;
    }

    private static DecodedFlow Decode(FlowEvent found) => new(
        TimeSpan.FromTicks((long)(found.Time / NanosecondsPerTick)),
        found.Generation,
        found.Rule,
        found.Endpoint,
        found.Peer,
        AddressOf(found.Source, found.Family),
        PortOf(found, found.SourcePort),
        AddressOf(found.Destination, found.Family),
        PortOf(found, found.DestinationPort),
        found.Service,
        found.Service != 0 && AddressOf(found.Backend, found.Family) is { } backend ? new IPEndPoint(backend, HostOrder(found.BackendPort)) : null,
        found.Protocol,
        (Verdict)found.Verdict,
        (Reason)found.Reason,
        found.Direction != 0,
        (found.Flags & Logged) != 0,
        (found.Flags & Sampled) != 0,
        (found.Flags & Reply) != 0,
        found.Length);

    private static IPAddress? AddressOf(ReadOnlySpan<byte> bytes, byte family) => family switch
    {
        4 => new IPAddress(bytes[..4]),
        6 => new IPAddress(bytes),
        _ => null,
    };

    // The ring has ports as packets have them, and what stands in their place for ICMP as numbers.
    private static int PortOf(in FlowEvent found, ushort port) => found.Protocol is Tcp or Udp or Sctp ? HostOrder(port) : port;

    private static int HostOrder(ushort port) => BitConverter.IsLittleEndian ? BinaryPrimitives.ReverseEndianness(port) : port;
}
