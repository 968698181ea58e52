using System.Globalization;

namespace Netpol.Observe;

/// <summary>An observation as one line for people.</summary>
public static class ObservationText
{
    /// <summary><c>01:02:03.123 deny ingress shop/web-1 10.0.0.2:4000 -> shop/db-1 10.0.0.3:5432 tcp: why [file:line:column]</c></summary>
    public static string Of(Observation observation)
    {
        // Egress is judged at the source, ingress at the destination; of a reply it is the other way round.
        var isEndpointSource = observation.Direction == "egress" != observation.Reply;
        var (source, destination) = isEndpointSource
            ? (observation.Endpoint, observation.Peer)
            : (observation.Peer, observation.Endpoint);
        var flow = observation.Source is null
            ? "a frame without IP"
            : $"{End(source, observation.Source, observation.SourcePort)} -> " +
              $"{End(destination, observation.Destination, observation.DestinationPort)} {observation.Protocol}{Icmp(observation)}";
        var service = observation.Service is null ? "" : $" by service {observation.Service}{To(observation.Backend)}";
        var rule = observation.Rule is null ? "" : $" [{observation.Rule}]";
        return $"{ClockOf(observation.Time)} {observation.Verdict,-6} {observation.Direction,-7} {flow}{service}: {observation.Why}{rule}";
    }

    private static string To(string? backend) => backend is null ? "" : $" to {backend}";

    private static string Icmp(Observation observation) => observation.IcmpType is null
        ? ""
        : string.Create(CultureInfo.InvariantCulture, $"({observation.IcmpType}, {observation.IcmpCode})");

    private static string End(ObservedEndpoint? endpoint, string? address, int? port)
    {
        var name = endpoint?.Name is { } known ? $"{endpoint.Namespace}/{known} " : "";
        var isIpv6 = address?.Contains(':', StringComparison.Ordinal) == true;
        return port is null
            ? $"{name}{address}"
            : string.Create(CultureInfo.InvariantCulture, $"{name}{(isIpv6 ? $"[{address}]" : address)}:{port}");
    }

    private static string ClockOf(string time) => time.Length > 23 ? time[11..23] : time;
}
