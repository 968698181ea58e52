using System.Collections.Immutable;
using Netpol.Model;

namespace Netpol.Semantics.Analysis;

/// <summary>What a connection could carry to its receiver: any of the terms, and all of the conditions.</summary>
/// <param name="Terms">Empty: every IP protocol.</param>
/// <param name="ReceiverCalls">By the name: must the receiver call the port so, or must it not? Names that are not here do not matter.</param>
/// <param name="Ways">How it may come: <c>direct</c>, <c>service S 80/tcp</c>; empty: by any way.</param>
public sealed record TrafficSet(
    ImmutableArray<TrafficTerm> Terms, ImmutableSortedDictionary<string, bool> ReceiverCalls, ImmutableArray<string> Ways)
{
    public const string Direct = "direct";

    /// <summary>Where it takes fewer words: what the terms leave out of every IP protocol; else empty.</summary>
    public ImmutableArray<TrafficTerm> AllBut { get; init; } = [];

    /// <param name="receiver">The endpoint whose names for ports count, if the receiver is one.</param>
    /// <param name="way">One of the words that <see cref="Ways"/> may have.</param>
    public bool Contains(Traffic traffic, IpFamily family, Endpoint? receiver, string way) =>
        (Terms.IsEmpty || Terms.Any(term => term.Contains(traffic, family)))
        && ReceiverCalls.All(name => PortMatching.Match([new PortMatch.Named(name.Key, null)], traffic, family, receiver) == name.Value)
        && (Ways.IsEmpty || Ways.Contains(way));
}

/// <summary>Packets of one kind.</summary>
public abstract record TrafficTerm
{
    private TrafficTerm()
    {
    }

    public abstract bool Contains(Traffic traffic, IpFamily family);

    /// <summary>Ports of a protocol, both ends included.</summary>
    public sealed record Ports(Protocol Protocol, ushort First, ushort Last) : TrafficTerm
    {
        public override bool Contains(Traffic traffic, IpFamily family) =>
            traffic.Protocol == (byte)Protocol && traffic.Port >= First && traffic.Port <= Last;

        public override string ToString()
        {
            var protocol = Protocol.ToString().ToLowerInvariant();
            return First == 0 && Last == ushort.MaxValue ? protocol : First == Last ? $"{First}/{protocol}" : $"{First}-{Last}/{protocol}";
        }
    }

    /// <summary>ICMP in IPv4, ICMPv6 in IPv6.</summary>
    public sealed record Icmp(IpFamily Family, ByteSet Types, ByteSet Codes) : TrafficTerm
    {
        public override bool Contains(Traffic traffic, IpFamily family) => family == Family
            && traffic.Protocol == (byte)(Family == IpFamily.V4 ? Protocol.Icmp : Protocol.IcmpV6)
            && Types.Contains(traffic.IcmpType) && Codes.Contains(traffic.IcmpCode);

        public override string ToString()
        {
            var protocol = Family == IpFamily.V4 ? "icmp" : "icmpv6";
            return Types.IsEverything && Codes.IsEverything ? protocol
                : Codes.IsEverything ? $"{protocol}({Types})"
                : $"{protocol}({Types}, {Codes})";
        }
    }

    /// <summary>IP protocols that the language has no word for, such as GRE.</summary>
    public sealed record Others : TrafficTerm
    {
        public override bool Contains(Traffic traffic, IpFamily family) => (Protocol)traffic.Protocol switch
        {
            Protocol.Tcp or Protocol.Udp or Protocol.Sctp => false,
            Protocol.Icmp => family != IpFamily.V4,
            Protocol.IcmpV6 => family != IpFamily.V6,
            _ => true,
        };

        public override string ToString() => "other protocols";
    }
}

/// <summary>Some numbers of a byte, or all but some.</summary>
public sealed record ByteSet(ImmutableArray<byte> Values, bool IsExcept)
{
    public bool IsEverything => IsExcept && Values.IsEmpty;

    public bool Contains(byte value) => Values.Contains(value) != IsExcept;

    public override string ToString() => IsEverything ? "any" : (IsExcept ? "any but " : "") + string.Join(" and ", Values);
}
