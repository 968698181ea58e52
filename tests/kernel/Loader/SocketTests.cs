using Netpol.Loader;
using Netpol.Loader.Native;
using Netpol.Loader.State;

namespace Netpol.Tests.Kernel.Loader;

/// <summary>Whose sockets are led to backends. What becomes of sockets is tested end to end.</summary>
public sealed class SocketTests
{
    [Fact]
    public void The_node_and_containers_whose_namespace_is_known_are_known_by_their_cookies() => Run((scratch, node) =>
    {
        // The namespace of this process, which is not the one that the test runs in.
        var known = SampleBundle.Endpoint("a", "api", "host1", "02:00:00:00:00:01", "10.1.0.2") with { NetworkNamespace = "/proc/self/ns/net" };
        var before = Maps.Count(scratch.Paths, 1, "socket_namespaces");

        node.Attach(known);
        node.Attach(SampleBundle.Endpoint("b", "api", "host2", "02:00:00:00:00:02", "10.1.0.3") with { NetworkNamespace = "/nowhere" });
        var attached = Maps.Count(scratch.Paths, 1, "socket_namespaces");
        node.Detach("a", "eth0");

        Assert.Equal((1, 2, 1), (before, attached, Maps.Count(scratch.Paths, 1, "socket_namespaces")));
    });

    [Fact]
    public void Namespaces_are_known_again_after_another_bundle_and_after_a_repair() => Run((scratch, node) =>
    {
        node.Attach(SampleBundle.Endpoint("a", "api", "host1", "02:00:00:00:00:01", "10.1.0.2") with { NetworkNamespace = "/proc/self/ns/net" });
        node.Apply(SampleBundle.Write(Path.Combine(scratch.Folder, "next"), manifest => manifest with { Sources = ["next.netpol"] }));
        var reloaded = Maps.Count(scratch.Paths, 2, "socket_namespaces");
        node.Dispose();
        using (var map = BpfMap.Open(Path.Combine(scratch.Paths.Pins, "generations", "2", "socket_namespaces")))
        {
            map.Keys().ForEach(key => map.Delete(key));
        }

        File.Move(Path.Combine(scratch.Paths.State, "unchanged"), Path.Combine(scratch.Paths.State, "changing"));
        Node.Open(scratch.Paths).Dispose();

        Assert.Equal((2, 2), (reloaded, Maps.Count(scratch.Paths, 2, "socket_namespaces")));
    });

    [Fact]
    public void A_folder_that_is_no_cgroup_is_refused_and_nothing_is_remembered() => Run((scratch, node) =>
    {
        var refusal = Assert.Throws<LoaderException>(() => node.AttachSockets(scratch.Folder));

        Assert.Equal($"`{scratch.Folder}` is no folder of a cgroup2; mount one with `mount -t cgroup2 none DIR`, or name another folder", refusal.Message);
        Assert.Null(node.Status().Cgroup);
    });

    /// <summary>A state folder of an earlier build says by the cgroup alone that sockets were led.</summary>
    [Theory]
    [InlineData("/sys/fs/cgroup/somewhere", true)]
    [InlineData("", false)]
    public void Sockets_that_were_led_are_asked_for_their_services_when_no_more_are(string cgroup, bool wereLed) => Run((scratch, node) =>
    {
        StateFolder state = new(scratch.Paths.State);
        state.WriteNode(state.ReadNode() with { Cgroup = cgroup, SocketsLed = false });

        node.DetachSockets();

        var record = state.ReadNode();
        Assert.Equal(("", wereLed), (record.Cgroup, record.SocketsLed));
    });

    private static void Run(Action<Scratch, Node> test) => Scratch.Run(scratch =>
    {
        Scratch.AddDevices("host1", "cont1");
        Scratch.AddDevices("host2", "cont2");
        using var node = Node.Open(scratch.Paths);
        node.Apply(SampleBundle.Write(Path.Combine(scratch.Folder, "bundle")));
        test(scratch, node);
    });
}
