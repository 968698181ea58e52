using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using Netpol.Loader;
using Netpol.Loader.Classes;
using Netpol.Testing.Packets;
using Netpol.Tests.Kernel.Loader;

namespace Netpol.Tests.Kernel.Live;

/// <summary>Endpoints of other nodes that come, change and go, and containers here whose labels change, while packets are judged.</summary>
public sealed class LiveEndpointTests
{
    private const string Text = """
        group client = pods where app == "client"
        policy client for client {
            egress {
                allow to pods where colour == "red" on 7777/tcp
                allow to pods where tier in ("a", "b") and colour != "red" on 7778/tcp
                deny to pods where has bad on 7777-7778/tcp
            }
        }
        policy server for pods where app == "server" { ingress { allow from client on 80/tcp; allow from pods where tier == "a" } }
        """;

    [Fact]
    public void An_endpoint_is_judged_by_its_labels_from_the_call_that_gives_them_on() => Scratch.Run(scratch =>
    {
        LiveWorld world = new(scratch, Text);
        using var live = LiveNode.Open(world.Paths);
        Assert.Equal(LiveWorld.Dropped, world.SendTo("10.2.0.1", 7777));

        Assert.True(live.Publish(Remote("r", "10.2.0.1", ("colour", "red"))));
        Assert.Equal(LiveWorld.Next, world.SendTo("10.2.0.1", 7777));
        Assert.True(live.Publish(Remote("r", "10.2.0.1", ("colour", "blue"))));
        Assert.Equal(LiveWorld.Dropped, world.SendTo("10.2.0.1", 7777));
        // A label that no rule asks for changes nothing that the datapath knows.
        Assert.False(live.Publish(Remote("r", "10.2.0.1", ("colour", "blue"), ("version", "2"))));
        Assert.True(live.Publish(Remote("r", "10.2.0.9", ("colour", "red"))));
        Assert.Equal((LiveWorld.Dropped, LiveWorld.Next), (world.SendTo("10.2.0.1", 7777), world.SendTo("10.2.0.9", 7777)));

        Assert.True(live.Withdraw("r"));
        Assert.False(live.Withdraw("r"));
        Assert.Equal(LiveWorld.Dropped, world.SendTo("10.2.0.9", 7777, from: 40_001));
        Assert.Null(Maps.Entry(world.Paths, 1, "10.2.0.9"));
        _ = live.Settle();
        world.RequireTablesOfALoad();
    });

    [Fact]
    public void A_label_that_only_a_service_asks_for_makes_a_backend_and_no_class() => Scratch.Run(scratch =>
    {
        LiveWorld world = new(scratch, Text + """

            service canary { address 10.96.0.1; port 80/tcp -> 7777; backends pods where track == "canary"; balance random }
            """);
        using var live = LiveNode.Open(world.Paths);
        Assert.True(live.Publish(Remote("r", "10.2.0.1", ("colour", "red"))));
        var known = Maps.Entry(world.Paths, 1, "10.2.0.1")?.Class;
        Assert.Equal(0, Maps.Count(world.Paths, 1, "backends4"));

        Assert.True(live.Publish(Remote("r", "10.2.0.1", ("colour", "red"), ("track", "canary"))));
        Assert.Equal((known, 1), (Maps.Entry(world.Paths, 1, "10.2.0.1")?.Class, Maps.Count(world.Paths, 1, "backends4")));
        Assert.True(live.Publish(Remote("r", "10.2.0.1", ("colour", "red"), ("track", "stable"))));
        Assert.Equal((known, 0), (Maps.Entry(world.Paths, 1, "10.2.0.1")?.Class, Maps.Count(world.Paths, 1, "backends4")));
        _ = live.Settle();
        world.RequireTablesOfALoad();
    });

    [Fact]
    public void A_container_of_this_node_gets_other_labels_and_keeps_its_programs() => Scratch.Run(scratch =>
    {
        LiveWorld world = new(scratch, Text);
        using var live = LiveNode.Open(world.Paths);
        _ = live.Publish(Remote("r", "10.2.0.1", ("colour", "red")));
        var program = Maps.ProgramId(world.Paths, "from_endpoint_programs", 1, 1);
        Assert.Equal(LiveWorld.Dropped, world.SendTo("10.2.0.1", 22));

        Assert.True(live.Relabel("client", "eth0", LiveWorld.Labels("free")));

        Assert.Equal(LiveWorld.Next, world.SendTo("10.2.0.1", 22));
        Assert.Equal(program, Maps.ProgramId(world.Paths, "from_endpoint_programs", 1, 1));
        Assert.False(live.Relabel("nobody", "eth0", LiveWorld.Labels("free")));
        _ = live.Settle();
        world.RequireTablesOfALoad();
        using var node = Node.Open(world.Paths);
        Assert.Equal("free", node.Status().Endpoints[0].Spec.Labels["app"]);
        Assert.Empty(node.Check("client", "eth0"));
    });

    [Fact]
    public void Connections_of_others_keep_their_verdict_and_those_of_the_changed_are_judged_anew() => Scratch.Run(scratch =>
    {
        LiveWorld world = new(scratch, Text);
        using var live = LiveNode.Open(world.Paths);
        _ = live.Publish(Remote("a", "10.2.0.1", ("colour", "red")));
        _ = live.Publish(Remote("b", "10.2.0.2", ("colour", "red")));
        Assert.Equal((LiveWorld.Next, LiveWorld.Next), (world.SendTo("10.2.0.1", 7777), world.SendTo("10.2.0.2", 7777)));
        var judged = Judged(world);

        _ = live.Publish(Remote("a", "10.2.0.1", ("colour", "blue")));

        Assert.Equal(LiveWorld.Next, world.Send(Packet.TcpFrom(LiveWorld.Client, 40_000, "10.2.0.2", 7777, Packet.Ack)));
        Assert.Equal(judged, Judged(world));
        Assert.Equal(LiveWorld.Dropped, world.Send(Packet.TcpFrom(LiveWorld.Client, 40_000, "10.2.0.1", 7777, Packet.Ack)));
        Assert.True(Judged(world) > judged);
    });

    [Fact]
    public void A_storm_of_labels_leaves_what_a_load_would_make_and_nothing_else() => Scratch.Run(scratch =>
    {
        LiveWorld world = new(scratch, Text);
        using var live = LiveNode.Open(world.Paths);
        var empty = live.Settle();
        Random random = new(11);
        Dictionary<string, RemoteEndpoint> known = [];
        for (var change = 0; change < 3_000; change++)
        {
            var number = random.Next(200);
            var key = $"r{number}";
            if (random.Next(20) == 0)
            {
                Assert.Equal(known.Remove(key), live.Withdraw(key));
                continue;
            }

            known[key] = Random(random, key, number);
            _ = live.Publish(known[key]);
            if (random.Next(50) == 0)
            {
                Assert.True(live.Relabel("server", "eth0", LiveWorld.Labels(random.Next(2) == 0 ? "server" : "other")));
            }
        }

        Assert.True(live.Relabel("server", "eth0", LiveWorld.Labels("server")));
        _ = live.Settle();
        world.RequireTablesOfALoad();
        using (var generation = world.Open())
        {
            var classes = new ClassFile(world.State.GenerationFile(1, ClassFile.FileName)).Read().ToDictionary(each => (uint)each.Id);
            foreach (var endpoint in known.Values)
            {
                var entry = generation.Addresses.Find(IPAddress.Parse(endpoint.Addresses[0])) ?? throw new InvalidOperationException($"{endpoint.Key} is not known");
                var members = Placement.MembersOf(generation.Placement, new Subject.Endpoint(
                    IPAddress.Parse(endpoint.Addresses[0]), "shop", Placement.LabelsOf(generation.Placement, "shop", null), endpoint.Labels));
                Assert.Equal(ClassTable.BitsInVerdicts(generation.Placement, members).ToArray(), classes[entry.Class].Bits.ToArray());
            }

            Assert.Equal(known.Count + 2, generation.Maps["addresses4"].Keys().Select(key => new IPAddress(key)).Count(address => !IPAddress.IsLoopback(address)));
        }

        Assert.Equal(known.Keys.Order(), live.Remote.Select(endpoint => endpoint.Key).Order());
        foreach (var key in known.Keys)
        {
            Assert.True(live.Withdraw(key));
        }

        Assert.Equal(empty, live.Settle());
        world.RequireTablesOfALoad();
    });

    [Fact]
    public void What_other_processes_change_is_seen_and_what_is_known_outlives_the_process() => Scratch.Run(scratch =>
    {
        LiveWorld world = new(scratch, Text);
        using (var live = LiveNode.Open(world.Paths))
        {
            _ = live.Publish(Remote("r", "10.2.0.1", ("colour", "red")));
            using (var node = Node.Open(world.Paths))
            {
                Scratch.AddDevices("late-h", "late-c");
                node.Attach(new EndpointSpec("late", "eth0", "late-h", "", ["10.1.0.3"], "shop", null, LiveWorld.Labels("server"), []));
                node.Detach("server", "eth0");
            }

            _ = live.Publish(Remote("q", "10.2.0.2", ("tier", "a"), ("bad", "yes")));
            _ = live.Settle();
            world.RequireTablesOfALoad();
        }

        Assert.Equal(LiveWorld.Next, world.SendTo("10.2.0.1", 7777));
        using var later = LiveNode.Open(world.Paths);
        Assert.Equal(["q", "r"], later.Remote.Select(endpoint => endpoint.Key).Order());
        // A bundle that another process loads knows them too.
        var next = world.Build(Text + "\npolicy more for pods where app == \"more\" { ingress { } }");
        using (var node = Node.Open(world.Paths))
        {
            Assert.Equal(2U, node.Apply(next.Folder).Generation);
        }

        Assert.Equal(LiveWorld.Next, world.SendTo("10.2.0.1", 7777, from: 40_003));
        Assert.True(later.Withdraw("r"));
        Assert.Equal(LiveWorld.Dropped, world.SendTo("10.2.0.1", 7777, from: 40_004));
    });

    [Fact]
    public void Containers_that_other_processes_attach_and_detach_leave_nothing_behind() => Scratch.Run(scratch =>
    {
        LiveWorld world = new(scratch, Text);
        using var live = LiveNode.Open(world.Paths);
        for (var number = 0; number < 20; number++)
        {
            _ = live.Publish(Remote($"r{number}", $"10.2.0.{number}", ("colour", number % 2 == 0 ? "red" : "blue"), ("tier", number % 3 == 0 ? "a" : "b")));
        }

        var first = live.Settle();
        Scratch.AddDevices("late-h", "late-c");
        foreach (var app in new[] { "client", "server", "other", "client" })
        {
            using (var node = Node.Open(world.Paths))
            {
                Scratch.Shell("ip", "link", "set", "late-h", "up");
                // A class of its own: nobody else has both.
                node.Attach(new EndpointSpec("late", "eth0", "late-h", "", ["10.1.0.3"], "shop", null, LiveWorld.Labels(app).Add("bad", "yes"), []));
            }

            Assert.True(live.Publish(Remote("extra", "10.2.0.99", ("colour", "red"), ("bad", app))));
            Assert.True(live.Settle().Pairs > first.Pairs);
            world.RequireTablesOfALoad();
            using (var node = Node.Open(world.Paths))
            {
                Assert.True(node.Detach("late", "eth0"));
            }

            Assert.True(live.Withdraw("extra"));
            Assert.Equal(first, live.Settle());
            world.RequireTablesOfALoad();
        }

        using var other = LiveNode.Open(world.Paths);
        Assert.Equal(first, other.Settle());
    });

    [Fact]
    public void A_change_that_was_cut_short_is_finished_by_whoever_comes_next() => Scratch.Run(scratch =>
    {
        LiveWorld world = new(scratch, Text);
        using (var live = LiveNode.Open(world.Paths))
        {
            _ = live.Publish(Remote("r", "10.2.0.1", ("colour", "red")));
        }

        // What a process leaves that is killed when its file says so already, and no map does.
        var file = world.State.Remotes;
        var record = file.Endpoints["r"];
        file.Put(record with { Spec = record.Spec with { Labels = record.Spec.Labels.SetItem("colour", "blue") } });
        world.State.BeginChange();

        using (Node.Open(world.Paths))
        {
        }

        Assert.Equal(LiveWorld.Dropped, world.SendTo("10.2.0.1", 7777));
        using var later = LiveNode.Open(world.Paths);
        _ = later.Settle();
        world.RequireTablesOfALoad();
    });

    private static ulong Judged(LiveWorld world)
    {
        using var node = Node.Open(world.Paths);
        var counters = node.Counters();
        return counters.WithoutRule.Verdicts + counters.Rules.Aggregate(0UL, (sum, count) => sum + count.Verdicts);
    }

    private static RemoteEndpoint Random(Random random, string key, int number)
    {
        List<(string, string)> labels = [("colour", random.Next(2) == 0 ? "red" : "blue")];
        if (random.Next(2) == 0)
        {
            labels.Add(("tier", random.Next(3) switch { 0 => "a", 1 => "b", _ => "c" }));
        }

        if (random.Next(4) == 0)
        {
            labels.Add(("bad", "yes"));
        }

        return Remote(key, string.Create(CultureInfo.InvariantCulture, $"10.2.1.{number}"), [.. labels]);
    }

    private static RemoteEndpoint Remote(string key, string address, params (string Key, string Value)[] labels) => new(
        key, [address], "shop", null, labels.ToImmutableSortedDictionary(label => label.Key, label => label.Value), []);
}
