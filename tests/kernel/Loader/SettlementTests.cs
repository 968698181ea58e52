using Netpol.Loader;
using Netpol.Loader.Endpoints;

namespace Netpol.Tests.Kernel.Loader;

public sealed class SettlementTests
{
    private static readonly EndpointSpec Api = SampleBundle.Endpoint("a", "api", "host1", "02:00:00:00:00:01", "10.1.0.2", "fd00::2");

    [Fact]
    public void A_provisional_endpoint_is_judged_by_shared_programs_behind_clsact() => Scratch.Run(scratch =>
    {
        using var node = Start(scratch);

        node.AttachProvisionally(Api);

        Assert.Equal(("clsact", true), Hook(node));
        Assert.Empty(node.Check("a", "eth0"));
        Assert.Contains("from_endpoint_p", ProgramNames("from_endpoint_programs", scratch), StringComparison.Ordinal);
        Frames.SendUdp("cont1", "10.1.0.9", "10.1.0.1");
        Assert.Contains(node.Counters().Drops, count => count is { Reason: Bundle.Reason.Source, Packets: 1 });
    });

    [Fact]
    public void Settling_gives_it_programs_of_its_own_and_links_and_takes_the_filters_off() => Scratch.Run(scratch =>
    {
        using (var node = Start(scratch))
        {
            node.AttachProvisionally(Api);
        }

        Settle(scratch);

        using var settled = Node.Open(scratch.Paths);
        Assert.Equal(("tcx", true), Hook(settled));
        Assert.Empty(settled.Check("a", "eth0"));
        Assert.Equal(2, Links(scratch).Length);
        Assert.DoesNotContain("netpol", Scratch.Shell("tc", "filter", "show", "dev", "host1", "ingress"), StringComparison.Ordinal);
        Assert.Equal("", Scratch.Shell("tc", "filter", "show", "dev", "host1", "egress"));
        Assert.DoesNotContain("_p", ProgramNames("from_endpoint_programs", scratch), StringComparison.Ordinal);
        Frames.SendUdp("cont1", "10.1.0.9", "10.1.0.1");
        Assert.Contains(settled.Counters().Drops, count => count is { Reason: Bundle.Reason.Source, Packets: 1 });
    });

    [Fact]
    public void The_next_attachment_finds_its_stubs_loaded_and_settling_drops_the_used_ones() => Scratch.Run(scratch =>
    {
        Scratch.AddDevices("host2", "cont2");
        using (var node = Start(scratch))
        {
            node.AttachProvisionally(Api);
        }

        Settle(scratch);
        var first = SpareStubs(scratch);
        using (var node = Node.Open(scratch.Paths))
        {
            node.AttachProvisionally(SampleBundle.Endpoint("b", "api", "host2", "02:00:00:00:00:02", "10.1.0.3"));
            Assert.Empty(node.Check("b", "eth0"));
        }

        Settle(scratch);

        Assert.Equal(["stub-2-from", "stub-2-to"], first);
        Assert.Equal(["stub-3-from", "stub-3-to"], SpareStubs(scratch));
        using var settled = Node.Open(scratch.Paths);
        Assert.All(settled.Status().Endpoints, endpoint => Assert.Equal("tcx", endpoint.Hook));
    });

    [Theory]
    [InlineData(HookKind.Tcx, "tcx", 2)]
    [InlineData(HookKind.Clsact, "clsact", 0)]
    public void A_hook_that_was_asked_for_is_kept(HookKind hook, string name, int links) => Scratch.Run(scratch =>
    {
        using (var node = Start(scratch, hook))
        {
            node.AttachProvisionally(Api);
            Assert.Equal((name, true), Hook(node));
        }

        Settle(scratch);

        using var settled = Node.Open(scratch.Paths);
        Assert.Equal((name, true), Hook(settled));
        Assert.Equal(links, Links(scratch).Length);
        Assert.Empty(settled.Check("a", "eth0"));
        Assert.DoesNotContain("_p", ProgramNames("from_endpoint_programs", scratch), StringComparison.Ordinal);
    });

    [Fact]
    public void What_was_detached_before_it_settled_leaves_nothing() => Scratch.Run(scratch =>
    {
        using (var node = Start(scratch))
        {
            node.AttachProvisionally(Api);
            Assert.True(node.Detach("a", "eth0"));
        }

        Settle(scratch);

        Assert.Empty(Links(scratch));
        Assert.Equal("", Scratch.Shell("tc", "filter", "show", "dev", "host1", "ingress"));
    });

    [Fact]
    public void A_settling_that_was_cut_short_is_finished_without_taking_links_off_that_judge() => Scratch.Run(scratch =>
    {
        using (var node = Start(scratch))
        {
            node.AttachProvisionally(Api);
        }

        Settle(scratch);
        var judging = LinkIds(scratch);
        // As if killed when the links judge already: the endpoint's file still says what is to be done, and filters are there.
        var file = Path.Combine(scratch.Paths.State, "endpoints", "a,eth0.json");
        File.WriteAllText(file, File.ReadAllText(file).Replace("\"pending\":0", "\"pending\":3", StringComparison.Ordinal));
        File.WriteAllText(Path.Combine(scratch.Paths.State, "changing"), "");

        Settle(scratch);

        using var settled = Node.Open(scratch.Paths);
        Assert.Contains("\"pending\":0", File.ReadAllText(file), StringComparison.Ordinal);
        Assert.Equal(("tcx", true), Hook(settled));
        // Filters are gone by now: a link that went, if only to be replaced, would leave the container open meanwhile.
        Assert.Equal(judging, LinkIds(scratch));
        Assert.Empty(settled.Check("a", "eth0"));
        Frames.SendUdp("cont1", "10.1.0.9", "10.1.0.1");
        Assert.Contains(settled.Counters().Drops, count => count is { Reason: Bundle.Reason.Source, Packets: 1 });
    });

    [Fact]
    public void Attaching_provisionally_again_keeps_the_links_and_puts_no_filters_beside_them() => Scratch.Run(scratch =>
    {
        using (var node = Start(scratch))
        {
            node.AttachProvisionally(Api);
        }

        Settle(scratch);
        var judging = LinkIds(scratch);

        using (var node = Node.Open(scratch.Paths))
        {
            node.AttachProvisionally(Api with { Labels = Api.Labels.SetItem("app", "guest") });
            Assert.Equal(("tcx", true), Hook(node));
            Assert.Equal("", Filters());
        }

        Settle(scratch);
        using var settled = Node.Open(scratch.Paths);
        Assert.Equal(("tcx", true), Hook(settled));
        Assert.Equal(judging, LinkIds(scratch));
        Assert.Empty(settled.Check("a", "eth0"));
    });

    [Fact]
    public void Attaching_for_good_what_is_provisional_leaves_one_hook() => Scratch.Run(scratch =>
    {
        using var node = Start(scratch);
        node.AttachProvisionally(Api);

        node.Attach(Api with { Labels = Api.Labels.SetItem("app", "guest") });

        Assert.Equal(("tcx", true), Hook(node));
        Assert.Equal("", Filters());
    });

    [Fact]
    public void Only_one_process_settles_and_it_gives_the_right_back() => Scratch.Run(scratch =>
    {
        using (var node = Start(scratch))
        {
            node.AttachProvisionally(Api);
        }

        var right = Settlement.TryReserve(scratch.Paths);
        var second = Settlement.TryReserve(scratch.Paths);
        Assert.NotNull(right);
        Assert.Null(second);

        Settlement.Run(scratch.Paths, right);

        using var third = Settlement.TryReserve(scratch.Paths);
        Assert.NotNull(third);
    });

    private static Node Start(Scratch scratch, HookKind hook = HookKind.Auto)
    {
        Scratch.AddDevices("host1", "cont1");
        var node = Node.Open(scratch.Paths, new NodeOptions(hook));
        node.Apply(SampleBundle.Write(Path.Combine(scratch.Folder, "bundle")));
        return node;
    }

    private static void Settle(Scratch scratch) =>
        Settlement.Run(scratch.Paths, Settlement.TryReserve(scratch.Paths) ?? throw new InvalidOperationException("somebody settles already"));

    private static (string Hook, bool Attached) Hook(Node node)
    {
        var endpoint = Assert.Single(node.Status().Endpoints);
        return (endpoint.Hook, endpoint.Attached);
    }

    private static string[] Links(Scratch scratch) => Directory.GetFiles(Path.Combine(scratch.Paths.Pins, "links"));

    private static string[] LinkIds(Scratch scratch) =>
        [.. Links(scratch).Order().Select(pin => Scratch.Shell("bpftool", "link", "show", "pinned", pin).Split(':')[0])];

    private static string Filters() =>
        Scratch.Shell("tc", "filter", "show", "dev", "host1", "ingress") + Scratch.Shell("tc", "filter", "show", "dev", "host1", "egress");

    private static string[] SpareStubs(Scratch scratch) =>
        [.. Directory.GetFiles(Path.Combine(scratch.Paths.Pins, "generations", "1"), "stub-*").Select(Path.GetFileName).OfType<string>().Order()];

    /// <summary>Name of the program in slot 1 of generation 1; the kernel keeps fifteen characters of it.</summary>
    private static string ProgramNames(string array, Scratch scratch) => Scratch.Shell(
        "bpftool", "prog", "show", "id", $"{Maps.ProgramId(scratch.Paths, array, 1, 1)}");
}
