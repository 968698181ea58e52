using System.Collections.Immutable;
using System.Diagnostics;
using Netpol.Model;

namespace Netpol.Semantics;

/// <summary>What <c>on</c> matches.</summary>
internal static class PortMatching
{
    /// <param name="ports">Empty: every IP protocol.</param>
    /// <param name="receiver">The endpoint whose names count; null: a peer that is no endpoint has none.</param>
    public static bool Match(ImmutableArray<PortMatch> ports, Traffic traffic, IpFamily family, Endpoint? receiver)
    {
        if (ports.IsEmpty)
        {
            return true;
        }

        foreach (var port in ports)
        {
            if (port is PortMatch.Named named ? IsCalled(receiver, named, traffic) : Matches(port, traffic, family))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Ports after <c>to service S</c> are those of S itself: by number, or by the name that S gives.</summary>
    public static bool MatchService(ImmutableArray<PortMatch> ports, ServicePort servicePort)
    {
        if (ports.IsEmpty)
        {
            return true;
        }

        foreach (var port in ports)
        {
            if (port is PortMatch.Named named
                ? servicePort.Name == named.Name && (named.Protocol ?? servicePort.Protocol) == servicePort.Protocol
                : port is PortMatch.Range range && InRange(range, Traffic.To(servicePort.Protocol, servicePort.Port)))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Does what a packet says of itself satisfy a match that asks for no name?</summary>
    public static bool Matches(PortMatch port, Traffic traffic, IpFamily family) => port switch
    {
        PortMatch.Range range => InRange(range, traffic),
        PortMatch.Icmp icmp => icmp.Family == family
            && traffic.Protocol == (byte)(family == IpFamily.V4 ? Protocol.Icmp : Protocol.IcmpV6)
            && (icmp.Type is null || icmp.Type == traffic.IcmpType)
            && (icmp.Code is null || icmp.Code == traffic.IcmpCode),
        PortMatch.Named => false,
        _ => throw new UnreachableException(),
    };

    private static bool InRange(PortMatch.Range range, Traffic traffic) =>
        traffic.Protocol == (byte)range.Protocol && traffic.Port >= range.First && traffic.Port <= range.Last;

    private static bool IsCalled(Endpoint? receiver, PortMatch.Named named, Traffic traffic)
    {
        if (receiver is null || !traffic.HasPorts)
        {
            return false;
        }

        foreach (var port in receiver.Ports)
        {
            if (port.Name == named.Name && port.Port == traffic.Port && (byte)port.Protocol == traffic.Protocol
                && (named.Protocol is null || named.Protocol == port.Protocol))
            {
                return true;
            }
        }

        return false;
    }
}
