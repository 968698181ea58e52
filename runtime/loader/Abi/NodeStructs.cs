using System.Runtime.InteropServices;

namespace Netpol.Loader.Abi;

/// <summary><c>struct control</c> of abi.h.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct Control
{
    public uint Generation;
    public uint Reserved;
}

/// <summary><c>struct flow_event</c> of abi.h. Ports are in network order.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct FlowEvent
{
    public ulong Time;
    public uint Generation;
    public uint Epoch;
    public uint Rule;
    public uint Endpoint;
    public uint Peer;
    public uint Ifindex;
    public uint Service;
    public uint Reserved;
    public Bytes16 Source;
    public Bytes16 Destination;
    public Bytes16 Backend;
    public ushort SourcePort;
    public ushort DestinationPort;
    public ushort BackendPort;
    public ushort Length;
    public byte Family;
    public byte Protocol;
    public byte Verdict;
    public byte Reason;
    public byte Direction;
    public byte Flags;
    public byte TcpFlags;
    public byte Exit;
}

/// <summary><c>struct flow_record</c> of abi.h: what <c>finish()</c> decided, on this processor.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct FlowRecord
{
    public uint EgressRule;
    public uint IngressRule;
    public byte Verdict;
    public byte Reason;
    public byte Exit;
    public byte Direction;
    public byte EgressVerdict;
    public byte EgressReason;
    public byte IngressVerdict;
    public byte IngressReason;
    public uint Ifindex;
    public uint Service;
    public byte Logged;
    public byte NewConnection;
    public ushort Reserved;
}

/// <summary><c>struct endpoint_constants</c> of abi.h, the content of <c>.rodata.endpoint</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct EndpointConstants
{
    public uint Slot;
    public uint Endpoint;
    public uint Ifindex;
    public uint Generation;
    public Bytes6 Mac;
    public byte Addresses4;
    public byte Addresses6;
    public FourBytes4 Address4;
    public FourBytes16 Address6;
}

/// <summary><c>struct connection</c> of abi.h. Of IPv4 there are eight bytes of translated addresses. In pairs the initiator's is first.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct Connection
{
    public uint Version;
    public uint Epoch;
    public uint Seen;
    public ushort Flags;
    public byte Closed;
    public byte Answered;
    public Words2 Ifindex;
    public Words2 Endpoint;
    public uint Service;
    public ushort TranslatedPort;
    public byte IcmpCode;
    public byte Counted;
    public Bytes16 Translated;

    /// <summary>Of IPv6 the second address.</summary>
    public Bytes16 Second;
}
