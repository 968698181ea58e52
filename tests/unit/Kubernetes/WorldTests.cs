using System.Collections.Immutable;
using CsCheck;
using Netpol.Binding;
using Netpol.Kubernetes;
using Netpol.Model;
using Netpol.Parsing;
using Netpol.Semantics;
using Netpol.Text;

namespace Netpol.Tests.Unit.Kubernetes;

/// <summary>Random worlds through text: YAML, import, parse, bind, judge; against the API's own words.</summary>
public sealed class WorldTests
{
    private static readonly ImmutableArray<Address> Outside =
    [
        Address.Parse("192.0.2.7"), Address.Parse("10.0.0.200"), Address.Parse("8.8.8.8"), Address.Parse("2001:db8::7"), Address.Parse("fd00::99"),
        WorldClusterOracle.NodeAddress,
    ];

    private static readonly ImmutableArray<Traffic> Probes =
    [
        .. from port in new ushort[] { 1, 80, 81, 443, 5353, 8080, 65535 }
           from protocol in new[] { Protocol.Tcp, Protocol.Udp, Protocol.Sctp }
           select Traffic.To(protocol, port),
        Traffic.Other(47),
    ];

    [Fact]
    public void What_is_imported_and_exported_again_gives_every_flow_the_verdict_that_the_api_describes()
    {
        var counts = new int[2];

        Gen.Int[0, int.MaxValue - 1].Sample(seed => Check(seed, counts), iter: 400);

        // Worlds in which everything passes or nothing does would show little.
        Assert.All(counts, count => Assert.InRange(count, counts.Sum() / 10, counts.Sum()));
    }

    private static void Check(int seed, int[] counts)
    {
        var world = new WorldGenerator(seed).Next();
        var yaml = WorldYaml.Write(world, hasNamespaces: seed % 2 == 0, hasPods: seed % 3 == 0, isBlock: seed % 5 > 1);
        if (world.Policies.IsEmpty && world.ClusterPolicies.IsEmpty && seed % 2 != 0 && seed % 3 != 0)
        {
            return;
        }

        var (model, text) = Import(yaml);
        var endpoints = world.Pods.ToDictionary(pod => pod, pod => EndpointOf(pod, world));
        var universe = new Universe([.. endpoints.Values], [new Node("worker", [WorldClusterOracle.NodeAddress])]);
        var evaluator = new Evaluator(model);
        var (again, exported) = ImportAgain(model);
        var evaluatorAgain = new Evaluator(again);
        var oracle = new WorldOracle(world);
        foreach (var (source, from, destination, to, traffic) in Flows(world))
        {
            var judgement = evaluator.Judge(universe, new Flow(from, to, traffic));
            var seen = (judgement.Egress.Verdict == Verdict.Allow, judgement.Ingress.Verdict == Verdict.Allow);

            var expected = oracle.Judge(source, from, destination, to, traffic);
            Interlocked.Increment(ref counts[expected is (true, true) ? 1 : 0]);
            Assert.True(expected == seen, $"seed {seed}: {from} -> {to} {traffic}: {seen}, expected {expected}\n{yaml}\n{text}");
            var judgementAgain = evaluatorAgain.Judge(universe, new Flow(from, to, traffic));
            Assert.True(
                (judgement.Egress.Verdict, judgement.Ingress.Verdict) == (judgementAgain.Egress.Verdict, judgementAgain.Ingress.Verdict),
                $"seed {seed}: {from} -> {to} {traffic}: exported and imported again it is {judgementAgain}\n{text}\n{exported}");
        }
    }

    private static IEnumerable<(WorldPod? Source, Address From, WorldPod? Destination, Address To, Traffic Traffic)> Flows(World world)
    {
        var ends = world.Pods.SelectMany(pod => pod.Addresses.Select(address => (Pod: (WorldPod?)pod, Address: address)))
            .Concat(Outside.Select(address => (Pod: (WorldPod?)null, Address: address))).ToList();
        return from source in ends
               from destination in ends
               where source.Address.Family == destination.Address.Family && (source.Pod ?? destination.Pod) is not null
               from traffic in Probes.Append(Traffic.Icmp(source.Address.Family, 8))
               select (source.Pod, source.Address, destination.Pod, destination.Address, traffic);
    }

    private static (NetworkModel Model, string Text) Import(string yaml)
    {
        var import = KubernetesImporter.Import([new SourceFile("world.yaml", yaml)]);
        Assert.True(!import.HasErrors, $"{string.Join('\n', import.Diagnostics)}\n{yaml}");

        var (unit, mistakes) = NetpolParser.Parse(new SourceFile("world.netpol", import.Text));
        var (model, meaning) = Binder.Bind([unit]);
        var errors = mistakes.Concat(meaning).Where(diagnostic => diagnostic.IsError).ToList();
        Assert.True(errors.Count == 0, $"{string.Join('\n', errors)}\n{import.Text}");
        return (model, import.Text);
    }

    /// <summary>What the exporter makes of the model, imported: everything that the importer can say, the exporter can.</summary>
    private static (NetworkModel Model, string Yaml) ImportAgain(NetworkModel model)
    {
        var export = KubernetesExporter.Export(model, []);
        Assert.True(!export.HasErrors, string.Join('\n', export.Diagnostics));
        return export.Text.Length == 0 ? (NetworkModel.Empty, "") : (Import(export.Text).Model, export.Text);
    }

    private static Endpoint EndpointOf(WorldPod pod, World world) => new(
        pod.Namespace, world.Namespaces[pod.Namespace], pod.Labels, pod.Addresses,
        [.. pod.Ports.Select(port => new NamedPort(port.Name, port.Protocol, port.Number)).Distinct()]);
}
