using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using Netpol.Lab;
using Netpol.Lab.Traffic;

namespace Netpol.Demo;

/// <summary>One question of the demo: a connection from a container to an address.</summary>
/// <param name="ToName">The container's or the service's name.</param>
/// <param name="To">Null: the destination is a service address.</param>
/// <param name="Protocol"><c>tcp</c>, <c>udp</c> or <c>icmp</c> (which is ICMPv6 to an IPv6 address).</param>
/// <param name="Port">0 for ICMP.</param>
internal sealed record Flow(LabContainer From, string ToName, LabContainer? To, IPAddress Address, string Protocol, int Port)
{
    public bool IsIpv6 => Address.AddressFamily == AddressFamily.InterNetworkV6;

    public string Title
    {
        get
        {
            var what = Protocol == "icmp" ? "echo" : string.Create(CultureInfo.InvariantCulture, $"{Port}/{Protocol}");
            return $"{From.Name} → {ToName} {what} {(IsIpv6 ? "IPv6" : "IPv4")}";
        }
    }

    /// <summary>How the datapath's events name the protocol.</summary>
    public string EventProtocol => Protocol == "icmp" && IsIpv6 ? "icmpv6" : Protocol;

    public ProbeResult Send() => Protocol switch
    {
        "tcp" => Probe.Tcp(From, Address, Port),
        "udp" => Probe.Udp(From, Address, Port),
        _ => Probe.Icmp(From, Address),
    };

    /// <summary>The flow as a line for <c>netpol eval --flows</c>.</summary>
    /// <param name="everybody">All containers: a service's backends are among them.</param>
    public string ToJson(IEnumerable<LabContainer> everybody)
    {
        var port = Protocol != "icmp" ? string.Create(CultureInfo.InvariantCulture, $"{Port}/{Protocol}")
            : IsIpv6 ? "icmpv6(128, 0)" : "icmp(8, 0)";
        return new JsonObject
        {
            ["from"] = Endpoint(From, OwnAddress(From)),
            ["to"] = To is null ? Address.ToString() : Endpoint(To, Address),
            ["port"] = port,
            ["others"] = new JsonArray([.. everybody.Where(container => container != From && container != To)
                .Select(container => (JsonNode)Endpoint(container, OwnAddress(container)))]),
        }.ToJsonString();
    }

    private IPAddress OwnAddress(LabContainer container) => container.AddressFor(Address.AddressFamily);

    // Of the container's addresses the one of this flow's family: the flow says IPv4 or IPv6 by it.
    private static JsonObject Endpoint(LabContainer container, IPAddress address)
    {
        var ports = new JsonObject();
        foreach (var (name, port) in container.Spec.Ports ?? [])
        {
            ports[name] = port;
        }

        return new()
        {
            ["namespace"] = container.Spec.Namespace,
            ["labels"] = new JsonObject(container.Spec.Labels.Select(label => KeyValuePair.Create(label.Key, (JsonNode?)label.Value))),
            ["addresses"] = new JsonArray(address.ToString()),
            ["ports"] = ports,
        };
    }
}
