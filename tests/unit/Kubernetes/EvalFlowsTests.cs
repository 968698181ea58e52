using System.Text.Json;
using System.Text.Json.Nodes;
using Netpol.Cli;
using Netpol.Semantics;
using Netpol.Tests.Support.Kubernetes;
using Netpol.Tests.Unit.Cli;
using Xunit.Abstractions;

namespace Netpol.Tests.Unit.Kubernetes;

/// <summary>The way a person goes: <c>netpol import</c> to a file, <c>netpol eval --flows</c> on it.</summary>
public sealed class EvalFlowsTests(ITestOutputHelper output) : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("netpol-eval-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Steps_of_the_generated_tables_come_out_by_the_command_line_too()
    {
        if (Corpora.Folder("cyclonus/generated-tables", output) is not { } folder)
        {
            return;
        }

        foreach (var table in CyclonusTable.ReadAll(folder).Where((_, index) => index % 16 == 0))
        {
            var cells = (
                from probe in table.Probes
                from row in Enumerable.Range(0, table.Order.Length)
                from column in Enumerable.Range(0, table.Order.Length)
                where row != column
                select (
                    Flow: Flow(Endpoint(table.Order[row]), Endpoint(table.Order[column]), probe.Traffic.ToString()),
                    Expected: $"{probe.Ingress[row][column]}{probe.Egress[row][column]}{probe.Combined[row][column]}")).ToList();

            var seen = Run(table.Manifest, cells.Select(cell => cell.Flow));

            Assert.Equal(cells.Select(cell => cell.Expected), seen);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4)]
    [InlineData(7)]
    public void Random_worlds_come_out_by_the_command_line_too(int seed)
    {
        var world = new WorldGenerator(seed).Next();
        var oracle = new WorldOracle(world);
        var flows = (
            from source in world.Pods
            from destination in world.Pods
            where source != destination
            from traffic in new[] { Traffic.Tcp(80), Traffic.Udp(5353), Traffic.Sctp(443), Traffic.Tcp(65535) }
            select (Source: source, Destination: destination, Traffic: traffic)).ToList();

        var seen = Run(
            WorldYaml.Write(world, hasNamespaces: true, hasPods: true, isBlock: true),
            flows.Select(flow => Flow(Endpoint(flow.Source, world), Endpoint(flow.Destination, world), flow.Traffic.ToString())));

        Assert.Equal(
            flows.Select(flow =>
            {
                var (egress, ingress) = oracle.Judge(flow.Source, flow.Source.Addresses[0], flow.Destination, flow.Destination.Addresses[0], flow.Traffic);
                return $"{Cell(ingress)}{Cell(egress)}{Cell(egress && ingress)}";
            }),
            seen);
    }

    private IEnumerable<string> Run(string yaml, IEnumerable<JsonObject> flows)
    {
        File.WriteAllText(Path.Combine(_folder, "world.yaml"), yaml);
        File.WriteAllLines(Path.Combine(_folder, "flows.jsonl"), flows.Select(flow => flow.ToJsonString()));
        var import = Invocation.In(_folder, "", "import", "world.yaml", "-o", "world.netpol");
        Assert.Equal(ExitCode.Good, import.ExitCode);

        var eval = Invocation.In(_folder, "", "eval", "world.netpol", "--flows", "flows.jsonl", "--json");
        Assert.Equal((ExitCode.Good, ""), (eval.ExitCode, eval.Error));
        return eval.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line =>
        {
            using var answer = JsonDocument.Parse(line);
            return string.Concat(
                Cell(IsAllow(answer.RootElement.GetProperty("ingress"))), Cell(IsAllow(answer.RootElement.GetProperty("egress"))),
                Cell(IsAllow(answer.RootElement)));
        });
    }

    private static bool IsAllow(JsonElement element) => element.GetProperty("verdict").GetString() == "allow";

    private static string Cell(bool isAllowed) => isAllowed ? "." : "X";

    private static JsonObject Flow(JsonObject from, JsonObject to, string port) => new() { ["from"] = from, ["to"] = to, ["port"] = port };

    private static JsonObject Endpoint(Endpoint endpoint) => Endpoint(
        endpoint.Namespace, endpoint.NamespaceLabels, endpoint.Labels, endpoint.Addresses[0].ToString(),
        endpoint.Ports.Select(port => (port.Name, $"{port.Port}/{port.Protocol}")));

    private static JsonObject Endpoint(WorldPod pod, World world) => Endpoint(
        pod.Namespace, world.Namespaces[pod.Namespace], pod.Labels, pod.Addresses[0].ToString(),
        pod.Ports.Select(port => (port.Name, $"{port.Number}/{port.Protocol}")).Distinct());

    private static JsonObject Endpoint(
        string @namespace, IEnumerable<KeyValuePair<string, string>> namespaceLabels, IEnumerable<KeyValuePair<string, string>> labels,
        string address, IEnumerable<(string Name, string Port)> ports) => new()
        {
            ["namespace"] = @namespace,
            ["namespaceLabels"] = Strings(namespaceLabels),
            ["labels"] = Strings(labels),
            ["addresses"] = new JsonArray(address),
            ["ports"] = new JsonObject(ports.GroupBy(port => port.Name).Select(named => KeyValuePair.Create(
                named.Key, (JsonNode?)new JsonArray([.. named.Select(port => (JsonNode?)port.Port.ToLowerInvariant())])))),
        };

    private static JsonObject Strings(IEnumerable<KeyValuePair<string, string>> entries) =>
        new(entries.Select(entry => KeyValuePair.Create(entry.Key, (JsonNode?)entry.Value)));
}
