using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Netpol.Loader;
using Spectre.Console;

namespace Netpol.Cli;

/// <summary><c>netpol status</c>: which bundle is in charge, and who is attached.</summary>
internal sealed class StatusCommand : NetpolCommand
{
    private readonly Terminal _terminal;
    private readonly NodeArguments _node;

    public StatusCommand(Terminal terminal)
        : base("status", "Show the bundle in charge and the endpoints of this node.", "netpol status", "netpol status -o json")
    {
        _terminal = terminal;
        _node = new NodeArguments(this, hasOutput: true);
        SetAction(Run);
    }

    private int Run(ParseResult arguments)
    {
        using var node = Node.Open(_node.Paths(arguments, _terminal), new NodeOptions(ReadOnly: true));
        var status = node.Status();
        if (_node.IsJson(arguments))
        {
            var json = Json(status);
            json["capacity"] = CapacityOutput.Json(node.Capacity());
            _terminal.Output.WriteLine(JsonOutput.Indented(json));
        }
        else
        {
            Show(status, node.Capacity());
        }

        return ExitCode.Good;
    }

    private void Show(NodeStatus status, NodeCapacity? capacity)
    {
        _terminal.Output.WriteLine(status.Generation == 0
            ? "no bundle is in charge; load one with `netpol load BUNDLE`"
            : string.Create(
                CultureInfo.InvariantCulture, $"generation {status.Generation} of {status.Bundle} (digest {status.Digest?[..12]})"));
        CapacityOutput.Write(_terminal, capacity);
        if (status.Cgroup is { } cgroup)
        {
            _terminal.Output.WriteLine($"sockets below {cgroup} are led to backends");
        }

        if (!status.Straight.To.IsEmpty)
        {
            var exceptions = status.Straight.ViaStack.IsEmpty ? "" : $", but for {string.Join(", ", status.Straight.ViaStack)}";
            _terminal.Output.WriteLine($"packets to {string.Join(", ", status.Straight.To)} of other nodes go past the host's stack{exceptions}");
        }

        foreach (var uplink in status.Uplinks)
        {
            _terminal.Output.WriteLine(uplink.Attached
                ? $"uplink {uplink.Device}{Xdp(status, uplink)}"
                : $"uplink {uplink.Device}: nothing runs on it; load the bundle with `--uplink {uplink.Device}` again");
        }

        if (status.Endpoints.IsEmpty)
        {
            _terminal.Output.WriteLine("no endpoints");
            return;
        }

        Table table = new() { Border = TableBorder.None };
        table.AddColumns("id", "name", "addresses", "interface", "hook", "policies", "labels");
        foreach (var endpoint in status.Endpoints)
        {
            table.AddRow(new[]
            {
                endpoint.Id.ToString(CultureInfo.InvariantCulture),
                $"{endpoint.Spec.Namespace}/{endpoint.Spec.Name ?? endpoint.Spec.ContainerId}",
                string.Join(' ', endpoint.Spec.Addresses),
                endpoint.Spec.HostInterface,
                endpoint.Attached ? endpoint.Hook : "shut: attachment was cut short",
                string.Join(' ', endpoint.Policies),
                string.Join(' ', endpoint.Spec.Labels.Select(label => $"{label.Key}={label.Value}")),
            }.Select(Markup.Escape).ToArray());
        }

        _terminal.Markup().Write(table);
    }

    private static string Xdp(NodeStatus status, UplinkStatus uplink) => uplink.Xdp != XdpMode.None ? $", with XDP in {NameOf(uplink.Xdp)} mode"
        : status.Xdp == XdpMode.None ? ""
        : $", without XDP; load the bundle with `--xdp {NameOf(status.Xdp)}` again to be told why";

    private static string NameOf(XdpMode mode) => mode.ToString().ToLowerInvariant();

    private static JsonObject Json(NodeStatus status) => new()
    {
        ["generation"] = status.Generation,
        ["digest"] = status.Digest,
        ["bundle"] = status.Bundle,
        ["epoch"] = status.Epoch,
        ["cgroup"] = status.Cgroup,
        ["straight"] = JsonOutput.Array(status.Straight.To),
        ["viaStack"] = JsonOutput.Array(status.Straight.ViaStack),
        ["uplinks"] = new JsonArray([.. status.Uplinks.Select(uplink => new JsonObject
        {
            ["device"] = uplink.Device,
            ["attached"] = uplink.Attached,
            ["xdp"] = NameOf(uplink.Xdp),
        })]),
        ["xdp"] = NameOf(status.Xdp),
        ["hostAddresses"] = JsonOutput.Array(status.HostAddresses),
        ["endpoints"] = new JsonArray([.. status.Endpoints.Select(Json)]),
    };

    private static JsonObject Json(EndpointStatus endpoint) => new()
    {
        ["id"] = endpoint.Id,
        ["containerId"] = endpoint.Spec.ContainerId,
        ["interfaceName"] = endpoint.Spec.InterfaceName,
        ["name"] = endpoint.Spec.Name,
        ["namespace"] = endpoint.Spec.Namespace,
        ["labels"] = new JsonObject(endpoint.Spec.Labels.Select(label => KeyValuePair.Create(label.Key, (JsonNode?)label.Value))),
        ["addresses"] = JsonOutput.Array(endpoint.Spec.Addresses),
        ["mac"] = endpoint.Spec.Mac,
        ["ports"] = new JsonArray([.. endpoint.Spec.Ports.Select(port => new JsonObject
        {
            ["name"] = port.Name,
            ["protocol"] = port.Protocol,
            ["port"] = port.Port,
        })]),
        ["hostInterface"] = endpoint.Spec.HostInterface,
        ["interfaceIndex"] = endpoint.InterfaceIndex,
        ["slot"] = endpoint.Slot,
        ["hook"] = endpoint.Hook,
        ["attached"] = endpoint.Attached,
        ["sets"] = JsonOutput.Array(endpoint.Sets),
        ["policies"] = JsonOutput.Array(endpoint.Policies),
    };
}
