using System.Collections.Immutable;
using CsCheck;
using Netpol.Binding;
using Netpol.Kubernetes;
using Netpol.Model;
using Netpol.Parsing;
using Netpol.Semantics;
using Netpol.Text;

namespace Netpol.Tests.Unit.Kubernetes;

/// <summary>
/// Random files in the language's own words, exported and imported again: every flow between the endpoints of a small universe keeps its
/// verdicts, or the export says what it cannot.
/// </summary>
public sealed class ExportAgreementTests
{
    private static readonly ImmutableArray<Traffic> Probes = [Traffic.To(Protocol.Tcp, 80), Traffic.To(Protocol.Tcp, 81), Traffic.To(Protocol.Udp, 80), Traffic.Icmp(IpFamily.V4, 8)];

    private static readonly ImmutableArray<Address> Outside = [Address.Parse("192.0.2.1"), Address.Parse("10.0.9.1"), Address.Parse("172.18.0.3")];

    private static readonly Universe World = new(
        [.. from @namespace in new[] { "shop", "data" }
            from labels in new[] { "", "a=1", "a=2", "b=1", "a=1,b=1", "a=2,b=2" }
            select new Endpoint(
                @namespace, new Dictionary<string, string> { ["env"] = @namespace == "shop" ? "prod" : "test" },
                labels.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(label => label.Split('=')).ToDictionary(label => label[0], label => label[1]),
                [Address.Parse($"10.0.{(@namespace == "shop" ? 1 : 2)}.{1 + (labels.Length * 3) + labels.Sum(letter => letter == '2' ? 1 : letter == 'b' ? 20 : 0)}")],
                labels.Length > 3 ? [new NamedPort("http", Protocol.Tcp, 80), new NamedPort("http", Protocol.Udp, 80)] : [])],
        [new Node("worker", [Address.Parse("172.18.0.3")])]);

    [Fact]
    public void What_is_exported_means_the_same_when_it_is_imported()
    {
        var counts = new int[3];

        Gen.Int[0, int.MaxValue - 1].Sample(seed => Check(seed, counts), iter: 400);

        // Exported, refused; and flows both ways.
        Assert.InRange(counts[0], 40, 400);
        Assert.InRange(counts[1], 20, 400);
        Assert.InRange(counts[2], 1000, int.MaxValue);
    }

    private static void Check(int seed, int[] counts)
    {
        var text = new RandomText(seed).Next();
        var model = Bind(text);
        var export = KubernetesExporter.Export(model, []);
        if (export.HasErrors)
        {
            Interlocked.Increment(ref counts[1]);
            Assert.All(export.Diagnostics.Where(diagnostic => diagnostic.IsError), diagnostic => Assert.Equal("NP5101", diagnostic.Id));
            return;
        }

        Interlocked.Increment(ref counts[0]);
        var import = KubernetesImporter.Import([new SourceFile("x.yaml", export.Text)]);
        Assert.True(!import.HasErrors, $"seed {seed}: {string.Join('\n', import.Diagnostics)}\n{text}\n{export.Text}");
        var (one, other) = (new Evaluator(model), new Evaluator(Bind(import.Text)));
        ImmutableArray<Address> ends = [.. World.Endpoints.Select(endpoint => endpoint.Addresses[0]), .. Outside];
        foreach (var flow in from source in ends from destination in ends from traffic in Probes select new Flow(source, destination, traffic))
        {
            var (before, after) = (one.Judge(World, flow), other.Judge(World, flow));
            Interlocked.Add(ref counts[2], before.Verdict == Verdict.Allow ? 0 : 1);
            Assert.True(
                (Passes(before.Egress), Passes(before.Ingress)) == (Passes(after.Egress), Passes(after.Ingress)),
                $"seed {seed}: {flow}: {before}, exported and imported again {after}\n{text}\n{export.Text}\n{import.Text}");
        }
    }

    // `reject` becomes `Deny`, as a warning says.
    private static bool Passes(DirectionJudgement judgement) => judgement.Verdict == Verdict.Allow;

    private static NetworkModel Bind(string text)
    {
        var (unit, mistakes) = NetpolParser.Parse(new SourceFile("x.netpol", text));
        var (model, meaning) = Binder.Bind([unit]);
        var errors = mistakes.Concat(meaning).Where(diagnostic => diagnostic.IsError).ToList();
        Assert.True(errors.Count == 0, $"{string.Join('\n', errors)}\n{text}");
        return model;
    }

    /// <summary>Policies of all tiers over sets made with every operator; orders are never the same.</summary>
    private sealed class RandomText(int seed)
    {
        private readonly Random _random = new(seed);
        private int _order;

        public string Next() => string.Join('\n', [
            "default namespace shop", "namespace shop { env = \"prod\" }",
            .. Enumerable.Range(0, _random.Next(1, 5)).Select(Policy),
        ]);

        private string Policy(int index) => _random.Next(3) switch
        {
            0 => $"policy p{index} for {Pods(2)} tier {One("admin", "baseline")} {_order++ + (_random.Next(3) == 0 ? 0.5 : 0)} {{ {Blocks("allow", "deny", "pass", "reject")} }}",
            1 => $"policy p{index} for {Pods(1)} {{ {Blocks("allow")} }}",
            _ => $"policy p{index} for pods where {Condition(2)} {{ {Blocks("allow", "allow", "allow", "deny")} }}",
        };

        private string Blocks(params string[] actions)
        {
            var ingress = $"ingress {{ {string.Join("; ", Enumerable.Range(0, _random.Next(3)).Select(_ => $"{One(actions)} from {Peer()}{On()}"))} }}";
            var egress = $"egress {{ {string.Join("; ", Enumerable.Range(0, _random.Next(3)).Select(_ => $"{One(actions)} to {Peer()}{On()}"))} }}";
            return One(ingress, egress, $"{ingress}; {egress}");
        }

        private string On() => One("", "", " on 80/tcp", " on 80-81/tcp, 80/udp", " on port http", " on port http/tcp", " on tcp", " on icmp");

        private string Peer() => _random.Next(8) switch
        {
            0 => "any",
            1 => One("nodes", "world", "host"),
            2 => Addresses(2),
            3 => $"({Addresses(1)}) | ({Pods(1)})",
            _ => Pods(2),
        };

        private string Addresses(int depth) => depth == 0 || _random.Next(2) == 0
            ? One("cidr 10.0.0.0/16", "cidr 10.0.1.0/24, 192.0.2.0/24", "cidr 0.0.0.0/0 except 10.0.2.0/24, 192.0.2.1/32", "cidr 10.0.1.4/30")
            : $"({Addresses(depth - 1)}){Operator()}({Addresses(depth - 1)})";

        private string Pods(int depth) => depth == 0 || _random.Next(2) == 0
            ? $"pods{One("", " in namespace data", " in any namespace", " in namespaces (env == \"prod\")", " in namespaces (env not in (\"test\", \"x\"))")}"
                + (_random.Next(2) == 0 ? "" : $" where {Condition(2)}")
            : $"({Pods(depth - 1)}){Operator()}({Pods(depth - 1)})";

        private string Condition(int depth) => depth == 0 || _random.Next(2) == 0
            ? One("a == \"1\"", "a != \"2\"", "b in (\"1\", \"2\")", "a not in (\"1\")", "has b", "not has a")
            : One($"not ({Condition(depth - 1)})", $"({Condition(depth - 1)}) and ({Condition(depth - 1)})", $"({Condition(depth - 1)}) or ({Condition(depth - 1)})");

        private string Operator() => One(" | ", " & ", " - ");

        private string One(params string[] from) => from[_random.Next(from.Length)];
    }
}
