using System.Collections.Immutable;
using System.Diagnostics;
using Netpol.Kubernetes.Objects;
using Netpol.Kubernetes.Reading;
using Netpol.Model;

namespace Netpol.Kubernetes.Export;

/// <summary>What stands after <c>on</c> as entries of <c>ports</c> and <c>protocols</c>.</summary>
internal static class PortExport
{
    private static readonly ImmutableArray<string> Protocols = ["tcp", "udp", "sctp"];

    /// <param name="isCluster">For a ClusterNetworkPolicy, which has no protocol for a name, and no port 0.</param>
    public static (ImmutableArray<PolicyPort> Ports, string? Problem) Of(PortMatch port, bool isCluster) => port switch
    {
        PortMatch.Icmp => ([], "it has no ICMP"),
        PortMatch.Named named when Names.PortNameMistake(named.Name) is { } mistake => ([], mistake),
        PortMatch.Named { Protocol: { } protocol } named => isCluster
            ? ([], $"a named port is of any protocol there, not of {protocol.ToString().ToLowerInvariant()} alone")
            : ([new PolicyPort.Named(Spelled(protocol), named.Name, default)], null),
        PortMatch.Named named => ([.. isCluster
            ? [new PolicyPort.Named(null, named.Name, default)]
            : Protocols.Select(protocol => new PolicyPort.Named(protocol, named.Name, default))], null),
        PortMatch.Range { IsWholeProtocol: true } whole => ([new PolicyPort.All(Spelled(whole.Protocol), default)], null),
        PortMatch.Range { First: 0 } => ([], "it has no port 0"),
        PortMatch.Range range => ([new PolicyPort.Numbers(Spelled(range.Protocol), range.First, range.Last, default)], null),
        _ => throw new UnreachableException(),
    };

    private static string Spelled(Protocol protocol) => protocol.ToString().ToLowerInvariant();
}
