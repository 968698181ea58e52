using System.Runtime.InteropServices;

namespace Netpol.Loader.Abi;

/// <summary><c>struct state</c> of abi.h.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct GenerationState
{
    public uint Epoch;
    public uint Policy;
    public uint Generation;
    public uint Sockets;
}

/// <summary><c>struct address</c> of abi.h.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct AddressEntry
{
    public uint Endpoint;
    public uint Ifindex;
    public uint NamespaceId;
    public uint Class;
    public uint ObservedOneIn;
    public ushort Slot;
    public byte Kind;
    public AddressFlags Flags;
    public uint Epoch;
}

/// <summary><c>struct socket_namespace</c> of abi.h.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct SocketNamespace
{
    public uint Endpoint;
    public Bytes4 Address4;
    public Bytes16 Address6;
}

/// <summary><c>ADDRESS_*</c> of abi.h.</summary>
[Flags]
public enum AddressFlags : byte
{
    None = 0,
    IsolatedEgress = 1,
    IsolatedIngress = 2,
}

/// <summary><c>enum address_kind</c> of abi.h.</summary>
public enum AddressKind : byte
{
    Endpoint = 1,
    Host = 2,
}

[StructLayout(LayoutKind.Sequential)]
public struct Prefix4Key
{
    public uint Length;
    public Bytes4 Address;
}

[StructLayout(LayoutKind.Sequential)]
public struct Prefix6Key
{
    public uint Length;
    public Bytes16 Address;
}

/// <summary><c>struct straight</c> of abi.h.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct StraightEntry
{
    public uint IsAllowed;
}

/// <summary><c>struct port_name_key</c> of abi.h; the port is in host order.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct PortNameKey
{
    public uint Endpoint;
    public ushort Port;
    public byte Protocol;
    public byte Reserved;
}

/// <summary><c>struct service4_key</c> of abi.h; the port is in network order.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct Service4Key
{
    public Bytes4 Address;
    public ushort Port;
    public byte Protocol;
    public byte Outside;
}

/// <summary><c>struct service6_key</c> of abi.h; the port is in network order.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct Service6Key
{
    public Bytes16 Address;
    public ushort Port;
    public byte Protocol;
    public byte Outside;
}

/// <summary><c>struct service</c> of abi.h.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct Service
{
    public uint Id;
    public uint Port;
    public uint Backends;
    public uint Maglev;
    public uint Positions;

    /// <summary>In units of 2^30 ns, as all times of the datapath.</summary>
    public uint Affinity;
    public ServiceFlags Flags;

    /// <summary>In network order.</summary>
    public ushort Number;
    public uint Sources;
    public ulong Name;
}

/// <summary><c>SERVICE_*</c> of abi.h.</summary>
[Flags]
public enum ServiceFlags : ushort
{
    None = 0,
    LeastConnections = 1,
}

/// <summary><c>struct service_source4_key</c> of abi.h.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct ServiceSource4Key
{
    public uint Length;
    public uint Set;
    public Bytes4 Address;
}

/// <summary><c>struct service_source6_key</c> of abi.h.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct ServiceSource6Key
{
    public uint Length;
    public uint Set;
    public Bytes16 Address;
}

/// <summary><c>struct masquerade</c> of abi.h.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct Masquerade
{
    public Bytes4 Address4;
    public ushort FirstPort;
    public ushort Ports;
    public Bytes16 Address6;
}

/// <summary><c>struct service_backend4_key</c> of abi.h.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct ServiceBackend4Key
{
    public uint Port;
    public Bytes4 Address;
}

/// <summary><c>struct service_backend6_key</c> of abi.h.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct ServiceBackend6Key
{
    public uint Port;
    public Bytes16 Address;
}

/// <summary><c>struct service_backend</c> of abi.h; the port is in network order.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct ServiceBackend
{
    public uint Until;
    public ushort Port;
    public BackendFlags Flags;
}

/// <summary><c>BACKEND_*</c> of abi.h.</summary>
[Flags]
public enum BackendFlags : ushort
{
    None = 0,
    Ready = 1,
    Draining = 2,
}

[StructLayout(LayoutKind.Sequential)]
public struct BackendKey
{
    public uint Port;
    public uint Index;
}

/// <summary><c>struct backend4</c> of abi.h; the port is in network order.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct Backend4
{
    public Bytes4 Address;
    public ushort Port;
    public ushort Reserved;
}

/// <summary><c>struct backend6</c> of abi.h; the port is in network order.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct Backend6
{
    public Bytes16 Address;
    public ushort Port;
    public ushort Reserved;
}

[StructLayout(LayoutKind.Sequential)]
public struct RuleCounter
{
    public ulong Verdicts;
    public ulong Bytes;
}

/// <summary><c>struct limit</c> of abi.h.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct RuleLimit
{
    public ulong Each;
    public ulong Burst;
    public uint PerSource;
    public uint Reserved;
}
