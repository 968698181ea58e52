using System.Globalization;
using Netpol.Model;
using Netpol.Semantics;
using Netpol.Testing.Packets;
using Netpol.Tests.Kernel.Agreement;
using Netpol.Tests.Support;
using Netpol.Toolchain;
using BundleFolder = Netpol.Loader.Generations.BundleFolder;
using Endpoint = Netpol.Semantics.Endpoint;

namespace Netpol.Tests.Kernel.Live;

/// <summary>Both ends of a packet are judged by one policy, while rules of both change.</summary>
public sealed class AtomicChangeTests
{
    private const string Client = "10.1.0.1", Server = "10.1.0.2";
    private const int Changes = 200, Burst = 2_000;

    /// <summary>Peers whose pairs are written between the two that the packets meet: time for one to come between.</summary>
    private const int Others = 40;

    /// <summary>
    /// The source lets out what the destination does not let in, under either policy; only egress of one with ingress of the other lets a
    /// packet through, and that counts for the rule of the destination.
    /// </summary>
    [Fact]
    public void No_packet_is_judged_by_the_egress_of_one_policy_and_the_ingress_of_another()
    {
        using TemporaryFolder folder = new();
        var (first, second) = (Build(folder, "first", 80, 81), Build(folder, "second", 81, 80));
        var client = Of("client", Client);
        Universe universe = new(
            [client, Of("server", Server), .. Enumerable.Range(1, Others).Select(other => Of($"g{other}", $"10.1.1.{other}"))], [new Node(RandomUniverse.ThisNode, [Address.Parse("192.168.0.1")])]);
        using var world = KernelWorld.OfBundle(first, universe);
        var container = world.ContainerOf(client);
        var bundles = new[] { second, first }.Select(bundle => BundleFolder.Open(bundle).Read()).ToArray();
        var isOver = false;
        ulong sent = 0;
        Thread sender = new(() =>
        {
            byte[][] frames = [.. new ushort[] { 80, 81 }.Select(port => Packet.TcpFrom(Client, 40_000, Server, port).ToFrame())];
            while (!Volatile.Read(ref isOver))
            {
                foreach (var frame in frames)
                {
                    container.From.TestRunMany(frame, [], Burst);
                    sent += Burst;
                }
            }
        });
        sender.Start();
        try
        {
            for (var change = 0; change < Changes; change++)
            {
                Assert.True(world.TryChange(bundles[change % 2]));
            }
        }
        finally
        {
            Volatile.Write(ref isOver, true);
            sender.Join();
        }

        Assert.Equal(0UL, world.Node.RuleVerdicts((uint)world.Manifest.Rules.Single(rule => rule.Direction == "ingress").Id));
        // Rule 1 is the egress rule of both: each let packets out, which the other end stopped, or stopped them itself.
        Assert.True(world.Node.RuleVerdicts(1) > Changes, $"{world.Node.RuleVerdicts(1)} of {sent} packets left their source");
        Assert.True(world.Node.RuleVerdicts(0) > world.Node.RuleVerdicts(1));
    }

    private static string Build(TemporaryFolder folder, string name, int egress, int ingress)
    {
        var others = string.Join('\n', Enumerable.Range(1, Others).Select(other => string.Create(
            CultureInfo.InvariantCulture, $"allow to pods where app == \"g{other}\" on {egress}/tcp")));
        var source = folder.File("a.netpol", string.Create(CultureInfo.InvariantCulture, $$"""
            default namespace shop
            group client = pods where app == "client"
            group server = pods where app == "server"
            policy client for client { egress {
            allow to server on {{egress}}/tcp
            {{others}}
            } }
            policy server for server { ingress { allow from client on {{ingress}}/tcp } }
            """));
        var built = BundleBuilder.Build([source], folder.Of(name), backend: BackendKind.Bytecode);
        Assert.True(built.Manifest is { Verdicts.AreTables: true }, string.Join('\n', built.Diagnostics));
        return folder.Of(name);
    }

    private static Endpoint Of(string app, string address) => new(
        "shop", new Dictionary<string, string>(), new Dictionary<string, string> { ["app"] = app }, [Address.Parse(address)], [],
        node: RandomUniverse.ThisNode);
}
