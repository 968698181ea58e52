using System.Globalization;
using Netpol.Loader.Generations;
using Netpol.Model;
using Netpol.Semantics;
using Netpol.Testing.Packets;
using Netpol.Tests.Kernel.Agreement;
using Netpol.Tests.Support;
using Netpol.Toolchain;

namespace Netpol.Tests.Kernel.Datapath;

/// <summary>A verdict costs the same however many rules there are: the same calls and the same instructions, exactly.</summary>
public sealed class RuleCountTests
{
    private const string Client = "10.1.0.1", Server = "10.1.0.2";

    [Fact]
    public void First_packets_make_the_same_calls_with_ten_rules_and_with_two_thousand()
    {
        var few = Costs(10);

        var many = Costs(2_000);

        Assert.Equal(few.Allowed, many.Allowed);
        Assert.Equal(few.Denied, many.Denied);
        Assert.Equal(few.Instructions, many.Instructions);
        Assert.Contains("look up verdict_pairs", few.Allowed);
        Assert.NotEqual(few.Allowed, few.Denied);
    }

    private static (string[] Allowed, string[] Denied, int[] Instructions) Costs(int rules)
    {
        using TemporaryFolder folder = new();
        var bundle = folder.Of("bundle");
        var built = BundleBuilder.Build([folder.File("a.netpol", Source(rules))], bundle, backend: BackendKind.Bytecode);
        Assert.True(built.Manifest is { Verdicts.AreTables: true }, string.Join('\n', built.Diagnostics));
        var client = Endpoint("client", Client);
        Universe universe = new(
            [client, Endpoint("server", Server)], [new Node(RandomUniverse.ThisNode, [Address.Parse("192.168.0.1")])]);
        using var world = KernelWorld.OfBundle(bundle, universe);
        using CountedPrograms counted = new(world.Node);
        var container = world.ContainerOf(client);
        return (
            Calls(counted, container, 8080),
            Calls(counted, container, 9),
            [.. GenerationBuilder.SharedPrograms.Select(name => world.Node.SharedProgram(name).TranslatedInstructions)]);
    }

    /// <summary>But for reading the clock, which is due once a tick and no matter of rules.</summary>
    private static string[] Calls(CountedPrograms counted, Container from, ushort port) =>
        [.. counted.Of(from, Packet.TcpFrom(Client, port, Server, port)).Where(call => call != "ktime_get_coarse_ns")];

    /// <summary>What is sent is allowed by the last rule of each; those before have other peers and ports.</summary>
    private static string Source(int rules)
    {
        string Others(string word) => string.Join('\n', Enumerable.Range(0, rules / 2 - 1).Select(n => string.Create(
            CultureInfo.InvariantCulture, $"allow {word} cidr 10.{100 + n / 200}.{n % 200}.0/24 on {10_000 + n}/tcp")));
        return $$"""
            default namespace shop
            group client = pods where app == "client"
            group server = pods where app == "server"
            policy client for client { egress {
            {{Others("to")}}
            allow to server on 8080/tcp
            } }
            policy server for server { ingress {
            {{Others("from")}}
            allow from client on 8080/tcp
            } }
            """;
    }

    private static Endpoint Endpoint(string app, string address) => new(
        "shop", new Dictionary<string, string>(), new Dictionary<string, string> { ["app"] = app }, [Address.Parse(address)], [],
        node: RandomUniverse.ThisNode);
}
