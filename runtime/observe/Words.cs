using System.Collections.Immutable;
using System.Diagnostics;
using Netpol.Bundle;

namespace Netpol.Observe;

/// <summary>How verdicts, reasons and flags are called in output.</summary>
public static class Words
{
    private static readonly ImmutableArray<string> TcpFlagNames = ["FIN", "SYN", "RST", "PSH", "ACK", "URG", "ECE", "CWR"];

    /// <summary>The word of a reason in JSON, which does not change.</summary>
    public static string NameOf(Reason reason) => Explain(reason).Name;

    /// <summary>The same in a sentence.</summary>
    public static string SentenceOf(Reason reason) => Explain(reason).Sentence;

    public static string NameOf(Verdict verdict) => verdict switch
    {
        Verdict.Allow => "allow",
        Verdict.Deny => "deny",
        Verdict.Reject => "reject",
        _ => "none",
    };

    /// <summary>The bits of the TCP header's flags, FIN first.</summary>
    internal static string TcpFlags(byte flags) =>
        string.Join(',', TcpFlagNames.Where((_, bit) => (flags >> bit & 1) != 0));

    private static (string Name, string Sentence) Explain(Reason reason) => reason switch
    {
        Reason.None => ("none", "no reason was given"),
        Reason.Rule => ("rule", "a rule decided"),
        Reason.NotIsolated => ("not-isolated", "no policy isolates the endpoint in this direction"),
        Reason.Established => ("established", "of a connection that was judged before"),
        Reason.Related => ("related", "an ICMP error about a known connection"),
        Reason.SameEndpoint => ("same-endpoint", "both ends are one endpoint"),
        Reason.Host => ("host", "the node reaches its own endpoints"),
        Reason.Neighbour => ("neighbour", "address resolution"),
        Reason.DefaultDeny => ("default-deny", "policies select the endpoint and none of their rules matches"),
        Reason.Unparsable => ("unparsable", "malformed, truncated, or too many extension headers"),
        Reason.NotIp => ("not-ip", "a frame that is neither IP nor ARP"),
        Reason.Source => ("source", "the source address is not the sender's own"),
        Reason.NeighbourSpoofed => ("neighbour-spoofed", "it claims another's address"),
        Reason.Family => ("family", "the bundle leaves this family out"),
        Reason.Fragment => ("fragment", "a later fragment without its first"),
        Reason.ServicePort => ("service-port", "the service has no such port"),
        Reason.ServiceBackends => ("service-backends", "the service has no ready backend"),
        Reason.ConnectionCollision => ("connection-collision", "two translated connections would be one"),
        Reason.ConnectionTable => ("connection-table", "the table of connections took no entry"),
        Reason.NotReady => ("not-ready", "the endpoint's programs are not in place"),
        Reason.Limit => ("limit", "the limit of a rule that would allow it is spent"),
        Reason.BackendGone => ("backend-gone", "the connection's backend is one no more"),
        Reason.ServiceSource => ("service-source", "the load balancer's address is not for this source"),
        Reason.NoRoute => ("no-route", "the way on is not known, or the packet's hops are spent"),
        Reason.TooBig => ("too-big", "it is larger than the way on takes"),
        Reason.Forwarded => ("forwarded", "a backend on another node, which judges it"),
        Reason.UnknownEndpoint => ("unknown-endpoint", "the judged endpoint has no entry"),
        Reason.Checksum => ("checksum", "the packet could not be rewritten"),
        _ => throw new UnreachableException(),
    };
}
