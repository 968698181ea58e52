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
