namespace Netpol.Model;

/// <summary>IP protocols that the language names, with their IANA numbers.</summary>
public enum Protocol : byte
{
    Icmp = 1,
    Tcp = 6,
    Udp = 17,
    IcmpV6 = 58,
    Sctp = 132,
}

/// <summary>What <c>on</c> may name, resolved: <c>ports</c> declarations are spread out by the binder.</summary>
public abstract record PortMatch
{
    private PortMatch()
    {
    }

    /// <summary><c>80/tcp</c>, <c>8000-8099/udp</c>, or <c>tcp</c> with 0 to 65535. TCP, UDP and SCTP only.</summary>
    public sealed record Range(Protocol Protocol, ushort First, ushort Last) : PortMatch
    {
        public bool IsWholeProtocol => First == 0 && Last == ushort.MaxValue;
    }

    /// <summary><c>icmp</c>, <c>icmpv6(128)</c>, <c>icmp(3, 4)</c>: a missing type or code matches all.</summary>
    public sealed record Icmp(IpFamily Family, byte? Type, byte? Code) : PortMatch;

    /// <summary><c>port http</c>, <c>port http/udp</c>: the ports that the receiving endpoint calls so.</summary>
    public sealed record Named(string Name, Protocol? Protocol) : PortMatch;
}
