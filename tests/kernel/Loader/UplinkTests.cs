using Netpol.Loader;
using Netpol.Loader.Hooks;
using Netpol.Loader.Network;

namespace Netpol.Tests.Kernel.Loader;

/// <summary>The node's uplinks: what is on them, through bundles that come and processes that go.</summary>
public sealed class UplinkTests
{
    [Theory]
    [InlineData(HookKind.Auto)]
    [InlineData(HookKind.Clsact)]
    public void What_is_named_has_the_program_and_nothing_else(HookKind kind) => Run(kind, (scratch, node) =>
    {
        node.AttachUplinks(["host1", "host2"]);
        node.AttachUplinks(["host1", "host2"]);
        var both = Status(node);
        node.AttachUplinks(["host2"]);
        var one = (Status(node), IsOn(scratch, "host1"), IsOn(scratch, "host2"));
        node.Apply(SampleBundle.Write(Path.Combine(scratch.Folder, "next"), manifest => manifest with { Sources = ["next.netpol"] }));
        var next = (Status(node), IsOn(scratch, "host2"));
        node.AttachUplinks([]);


        Assert.Equal("host1 host2", both);
        Assert.Equal(("host2", false, true), one);
        Assert.Equal(("host2", true), next);
        Assert.Equal(("", false), (Status(node), IsOn(scratch, "host2")));
    });

    [Fact]
    public void They_are_kept_and_one_that_lost_its_program_is_told_and_made_good() => Run(HookKind.Auto, (scratch, node) =>
    {
        node.AttachUplinks(["host1"]);
        node.Dispose();
        File.Delete(LinkOf(scratch, "host1"));
        using var again = Node.Open(scratch.Paths);
        var lost = Assert.Single(again.Status().Uplinks);
        again.AttachUplinks(["host1"]);


        Assert.Equal(new UplinkStatus("host1", false), lost);
        Assert.Equal("host1", Status(again));
    });

    [Fact]
    public void A_device_that_there_is_not_is_refused_and_nothing_is_remembered() => Run(HookKind.Auto, (_, node) =>
    {
        var refusal = Assert.Throws<LoaderException>(() => node.AttachUplinks(["host1", "nowhere"]));


        Assert.Equal("there is no interface `nowhere` here; name a device of the node that leads to other nodes or outside", refusal.Message);
        Assert.Empty(node.Status().Uplinks);
    });

    [Fact]
    public void Drivers_run_what_is_asked_for_through_bundles_that_come_and_devices_that_go() => Run(HookKind.Auto, (scratch, node) =>
    {
        List<string> steps = [];
        void Step(Action deed)
        {
            deed();
            steps.Add(string.Join(' ', new[] { "host1", "host2" }.Select(ByXdp)));
            Assert.Equal(steps[^1], string.Join(' ', new[] { "host1", "host2" }.Select(device => XdpOf(node, device))));
            Assert.Empty(node.Refusals);
        }

        Step(() => node.AttachUplinks(["host1", "host2"]));
        // What a veth device's driver sends back may be lost.
        Step(() => node.AttachXdp(XdpMode.Auto));
        Step(() => node.AttachXdp(XdpMode.Native));
        Step(() => node.AttachXdp(XdpMode.Auto));
        Step(() => node.Apply(SampleBundle.Write(Path.Combine(scratch.Folder, "next"), manifest => manifest with { Sources = ["next.netpol"] })));
        Step(() => node.AttachUplinks(["host2"]));
        Step(() => node.AttachUplinks(["host1", "host2"]));
        Step(() => node.AttachXdp(XdpMode.Generic));
        Step(() => node.AttachXdp(XdpMode.None));


        Assert.Equal(
            ["None None", "Generic Generic", "Native Native", "Native Native", "Native Native", "None Native", "Generic Native", "Generic Generic", "None None"], steps);
        Assert.Equal("host1 host2", Status(node));
    });

    [Fact]
    public void A_device_that_takes_no_XDP_program_is_named_and_does_without() => Run(HookKind.Auto, (scratch, node) =>
    {
        Scratch.Shell("ip", "link", "add", "dull", "type", "bridge");
        Scratch.Shell("ip", "link", "set", "dull", "up");
        node.AttachUplinks(["host1", "dull"]);
        var stub = Path.Combine(scratch.Paths.Pins, "generations", "1", "xdp_uplink_stub");
        Scratch.Shell("bpftool", "net", "attach", "xdpgeneric", "pinned", stub, "dev", "host1");

        node.AttachXdp(XdpMode.Native);
        var native = node.Refusals;
        node.AttachXdp(XdpMode.Auto);
        var auto = (node.Refusals, XdpOf(node, "dull"));
        Scratch.Shell("bpftool", "net", "detach", "xdpgeneric", "dev", "host1");
        node.AttachXdp(XdpMode.Auto);


        const string Taken = "interface `host1` takes no XDP program, load balancing goes on without: another XDP program is on it";
        Assert.Equal(
            $"{Taken}|interface `dull` takes no XDP program, load balancing goes on without: its driver runs none; ask for `--xdp auto`", string.Join('|', native));
        Assert.Equal(XdpMode.Generic, auto.Item2);
        Assert.Equal(Taken, string.Join('|', auto.Refusals));
        Assert.Empty(node.Refusals);
        Assert.Equal((XdpMode.Generic, "host1 dull"), (XdpOf(node, "host1"), Status(node)));
    });

    [Fact]
    public void What_was_asked_for_of_drivers_is_kept_and_made_good() => Run(HookKind.Auto, (scratch, node) =>
    {
        node.AttachUplinks(["host1"]);
        node.AttachXdp(XdpMode.Native);
        node.Dispose();
        File.Delete(LinkOf(scratch, "host1") + "-xdp-native");
        using var again = Node.Open(scratch.Paths);
        var lost = (again.Status().Xdp, XdpOf(again, "host1"), ByXdp("host1"));
        again.AttachUplinks(["host1"]);


        Assert.Equal((XdpMode.Native, XdpMode.None, "None"), lost);
        Assert.Equal((XdpMode.Native, "Native"), (XdpOf(again, "host1"), ByXdp("host1")));
    });

    private static XdpMode XdpOf(Node node, string device) => node.Status().Uplinks.FirstOrDefault(uplink => uplink.Device == device)?.Xdp ?? XdpMode.None;

    /// <summary>By the kernel's word.</summary>
    private static string ByXdp(string device)
    {
        var said = Scratch.Shell("ip", "-d", "link", "show", "dev", device);
        return !said.Contains("xdp_uplink_stub"[..15], StringComparison.Ordinal) && !said.Contains("prog/xdp", StringComparison.Ordinal) ? "None"
            : said.Contains("xdpgeneric", StringComparison.Ordinal) ? "Generic" : "Native";
    }

    private static string Status(Node node) => string.Join(' ', node.Status().Uplinks.Where(uplink => uplink.Attached).Select(uplink => uplink.Device));

    /// <summary>A program is on the device's ingress, by the kernel's word: of a TCX link, or of a filter (bpftool knows TCX from 7.3 on).</summary>
    private static bool IsOn(Scratch scratch, string device) =>
        TcxHook.DeviceOf(LinkOf(scratch, device)) == HostInterface.IndexOf(device) ||
        Scratch.Shell("bpftool", "net", "show", "dev", device).Contains("from_uplink", StringComparison.Ordinal);

    private static string LinkOf(Scratch scratch, string device) => Path.Combine(scratch.Paths.Pins, "uplinks", $"{HostInterface.IndexOf(device)}");

    private static void Run(HookKind kind, Action<Scratch, Node> test) => Scratch.Run(scratch =>
    {
        Scratch.AddDevices("host1", "cont1");
        Scratch.AddDevices("host2", "cont2");
        using var node = Node.Open(scratch.Paths, new NodeOptions(kind));
        node.Apply(SampleBundle.Write(Path.Combine(scratch.Folder, "bundle")));
        test(scratch, node);
    });
}
