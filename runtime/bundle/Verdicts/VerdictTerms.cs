using System.Collections.Immutable;

namespace Netpol.Bundle.Verdicts;

/// <summary>
/// The rules of a bundle as products: a rule matches where one of its terms does, and a term where all its parts do. From these and
/// the address classes of a node the loader makes the verdict tables (<c>verdict_pairs</c>, <c>verdict_nodes</c> of abi.h).
/// </summary>
/// <param name="Traffic">By <see cref="VerdictTerm.Traffic"/>; what many rules ask for is here once.</param>
/// <param name="Classes">Those of the manifest, which a node need not read for an attachment.</param>
public sealed record VerdictTerms(
    ImmutableArray<VerdictTerm> Terms, ImmutableArray<TrafficSet> Traffic, ImmutableArray<ImmutableArray<int>> Classes)
{
    /// <summary>Beside the manifest, which holds its digest.</summary>
    public const string FileName = "verdicts.bin";
}

/// <summary>One product of conditions on a new connection, seen from the judged endpoint.</summary>
/// <param name="Rule">Id in the manifest.</param>
/// <param name="Stage">When the rule is asked.</param>
/// <param name="Verdict">Of the rule; <see cref="Verdict.None"/>: it passes to the next stage.</param>
/// <param name="Place">Of two rules of an ordered stage the one with the lower place is asked first; of the same place, the lower id. Else 0.</param>
/// <param name="Logs">The rule says <c>log</c>.</param>
/// <param name="IsIngress">The judged endpoint is the destination.</param>
/// <param name="Self">What the judged endpoint's class is in, and is not in.</param>
/// <param name="Peer">The same of the other end; empty: any.</param>
/// <param name="SameNamespace">Both ends are endpoints of one namespace, or are not; null: either.</param>
/// <param name="Service">The service that must have translated the connection; then <see cref="Traffic"/> is of the service's own ports. 0: any way.</param>
/// <param name="Traffic">Index in <see cref="VerdictTerms.Traffic"/>.</param>
public sealed record VerdictTerm(
    int Rule,
    RuleStage Stage,
    Verdict Verdict,
    int Place,
    bool Logs,
    bool IsIngress,
    ImmutableArray<SetLiteral> Self,
    ImmutableArray<SetLiteral> Peer,
    bool? SameNamespace,
    int Service,
    int Traffic);

/// <param name="Set">Its bit in the manifest.</param>
public readonly record struct SetLiteral(int Set, bool IsIn);

/// <summary>What of a packet's protocol and port, or type and code, a term matches: the union of its parts.</summary>
public sealed record TrafficSet(ImmutableArray<TrafficRange> Ranges, ImmutableArray<NamedTraffic> Names);

/// <summary>Values of one space, both ends included.</summary>
public readonly record struct TrafficRange(TrafficSpace Space, ushort First, ushort Last);

/// <summary>The ports that the receiver gives a name to.</summary>
/// <param name="Name">Index in the manifest's port names.</param>
/// <param name="Space">Null: in each of TCP, UDP and SCTP.</param>
public readonly record struct NamedTraffic(int Name, TrafficSpace? Space);

/// <summary><c>enum traffic_space</c> of abi.h.</summary>
public enum TrafficSpace : byte
{
    /// <summary>By port.</summary>
    Tcp = 0,

    /// <summary>By port.</summary>
    Udp = 1,

    /// <summary>By port.</summary>
    Sctp = 2,

    /// <summary>ICMP in IPv4, by type * 256 + code.</summary>
    Icmp = 3,

    /// <summary>ICMPv6 in IPv6, by type * 256 + code.</summary>
    Icmpv6 = 4,

    /// <summary>Everything else in IPv4, by protocol number.</summary>
    Other4 = 5,

    /// <summary>Everything else in IPv6, by protocol number.</summary>
    Other6 = 6,
}
