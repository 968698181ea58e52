using Netpol.Model;

namespace Netpol.Semantics;

/// <summary>What a connection carries: its IP protocol and what the receiver tells it apart by.</summary>
/// <param name="Protocol">IANA number; also of protocols that the language has no name for.</param>
/// <param name="Port">The receiver's port, host order; 0 where the protocol has none.</param>
/// <param name="IcmpType">ICMP and ICMPv6 only, else 0.</param>
/// <param name="IcmpCode">ICMP and ICMPv6 only, else 0.</param>
public readonly record struct Traffic(byte Protocol, ushort Port, byte IcmpType, byte IcmpCode)
{
    /// <summary>TCP, UDP or SCTP to a port.</summary>
    public static Traffic To(Protocol protocol, ushort port) => new((byte)protocol, port, 0, 0);

    public static Traffic Tcp(ushort port) => To(Model.Protocol.Tcp, port);

    public static Traffic Udp(ushort port) => To(Model.Protocol.Udp, port);

    public static Traffic Sctp(ushort port) => To(Model.Protocol.Sctp, port);

    /// <summary>ICMP in IPv4, ICMPv6 in IPv6.</summary>
    public static Traffic Icmp(IpFamily family, byte type, byte code = 0) =>
        new((byte)(family == IpFamily.V4 ? Model.Protocol.Icmp : Model.Protocol.IcmpV6), 0, type, code);

    /// <summary>A protocol without ports, such as GRE (47).</summary>
    public static Traffic Other(byte protocol) => new(protocol, 0, 0, 0);

    public bool HasPorts => (Protocol)Protocol is Model.Protocol.Tcp or Model.Protocol.Udp or Model.Protocol.Sctp;

    /// <summary>Neighbour discovery (RFC 4861) or multicast listener discovery (RFC 2710, RFC 9777), in IPv6.</summary>
    public bool IsDiscovery(IpFamily family) => IsIcmpV6(family) && IcmpType is (>= 130 and <= 137) or 143;

    /// <summary>A report of multicast listeners; the query is a router's.</summary>
    public bool IsListenerReport(IpFamily family) => IsIcmpV6(family) && IcmpType is 131 or 132 or 143;

    /// <summary>What routers alone may say: listener query, router advertisement, redirect.</summary>
    public bool IsRouterMessage(IpFamily family) => IsIcmpV6(family) && IcmpType is 130 or 134 or 137;

    /// <summary>As the language writes it: <c>8080/tcp</c>, <c>icmp(8, 0)</c>; <c>protocol 47</c> where it has no word.</summary>
    public override string ToString() => (Protocol)Protocol switch
    {
        Model.Protocol.Tcp => $"{Port}/tcp",
        Model.Protocol.Udp => $"{Port}/udp",
        Model.Protocol.Sctp => $"{Port}/sctp",
        Model.Protocol.Icmp => $"icmp({IcmpType}, {IcmpCode})",
        Model.Protocol.IcmpV6 => $"icmpv6({IcmpType}, {IcmpCode})",
        _ => $"protocol {Protocol}",
    };

    private bool IsIcmpV6(IpFamily family) => family == IpFamily.V6 && Protocol == (byte)Model.Protocol.IcmpV6;
}
