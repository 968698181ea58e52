using System.Text.Json.Nodes;
using Netpol.Lab.Traffic;
using Netpol.Tests.EndToEnd.Rig;

namespace Netpol.Tests.EndToEnd.Lifecycle;

/// <summary><c>netpol pressure</c> of a node with real connections.</summary>
public sealed class PressureTests
{
    [Fact]
    public void Connections_and_containers_count_while_they_are_there()
    {
        using var node = PolicyNode.Start("""
            default namespace shop
            policy api for pods where app == "api" { ingress { allow from any on 8080/tcp } }
            """);
        var web = node.Add("web", ("app", "web"));
        var api = node.Add("api", ("app", "api"));
        using var servers = new Servers(api, tcp: [8080]);


        var before = Pressure(node);
        using var open4 = LabConnection.TryOpen(web, api.Address4, 8080, Probe.DefaultTimeout);
        using var open6 = LabConnection.TryOpen(web, api.Address6, 8080, Probe.DefaultTimeout);
        var after = Pressure(node);
        var text = node.Run("pressure");


        Assert.NotNull(open4);
        Assert.NotNull(open6);
        Assert.Equal((0, 0), (InUse(before, 4), InUse(before, 6)));
        Assert.Equal((1, 1), (InUse(after, 4), InUse(after, 6)));
        Assert.Equal(0, after["refused"]!.GetValue<int>());
        Assert.InRange(Table(after, "addresses4")["used"]!.GetValue<int>(), 2, Table(after, "addresses4")["room"]!.GetValue<int>());
        Assert.Contains("connections4", text, StringComparison.Ordinal);
    }

    private static JsonNode Pressure(PolicyNode node) => JsonNode.Parse(node.Run("pressure", "-o", "json"))!;

    private static int InUse(JsonNode pressure, int family) => pressure["connections"]!.AsArray()
        .Single(connections => connections!["family"]!.GetValue<int>() == family)!["inUse"]!.GetValue<int>();

    private static JsonNode Table(JsonNode pressure, string name) =>
        pressure["tables"]!.AsArray().Single(table => table!["name"]!.GetValue<string>() == name)!;
}
