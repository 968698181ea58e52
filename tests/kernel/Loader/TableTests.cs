using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Netpol.Loader;
using Netpol.Toolchain;

namespace Netpol.Tests.Kernel.Loader;

/// <summary>Verdict tables on a node whose endpoints come, change and go.</summary>
public sealed class TableTests
{
    [Fact]
    public void An_endpoint_that_outgrows_the_tables_has_the_bundle_loaded_once_more_with_room() => Scratch.Run(scratch =>
    {
        // Each rule needs a node at each of three levels, which is more than a small node's 4,096.
        var rules = Enumerable.Range(0, 1_500).Select(n => string.Create(
            CultureInfo.InvariantCulture, $"allow to cidr 10.{100 + (n / 250)}.{n % 250}.0/24 on {10_000 + n}/tcp"));
        var bundle = Bundle(scratch, $"scale {{ endpoints 100 }}\npolicy large for pods where app == \"large\" {{ egress {{\n{string.Join('\n', rules)}\n}} }}");
        using var node = Node.Open(scratch.Paths);
        node.Apply(bundle);
        Scratch.AddDevices("host1", "pod1");
        Scratch.AddDevices("host2", "pod2");
        node.Attach(Endpoint("small", "host2", "10.1.0.3"));
        Assert.Equal(1U, node.Status().Generation);

        Scratch.Shell("ip", "link", "set", "host1", "up");
        node.Attach(Endpoint("large", "host1", "10.1.0.2"));

        Assert.Contains(",UP", Scratch.Shell("ip", "link", "show", "host1"), StringComparison.Ordinal);
        Assert.Equal(2U, node.Status().Generation);
        Assert.Empty(node.Check("large", "eth0"));
        Assert.Empty(node.Check("small", "eth0"));
        Assert.Equal(1_500, Maps.Count(scratch.Paths, 2, "verdict_pairs"));
    });

    [Fact]
    public void A_class_is_made_once_and_shared_by_all_that_no_rule_tells_apart() => Scratch.Run(scratch =>
    {
        var bundle = Bundle(scratch, "policy web for pods where app == \"web\" { ingress { allow from pods where app == \"api\" on 80/tcp } }");
        using var node = Node.Open(scratch.Paths);
        node.Apply(bundle);
        foreach (var number in Enumerable.Range(1, 3))
        {
            Scratch.AddDevices($"host{number}", $"pod{number}");
        }

        node.Attach(Endpoint("web", "host1", "10.1.0.1"));
        var pairs = Maps.Count(scratch.Paths, 1, "verdict_pairs");
        // A label that no rule asks for, and a name that none gives to a port.
        var second = Endpoint("web", "host2", "10.1.0.2");
        node.Attach(second with { ContainerId = "c2", Labels = second.Labels.SetItem("version", "2"), Ports = [new NamedPort("http", "tcp", 80)] });
        Assert.Equal(pairs, Maps.Count(scratch.Paths, 1, "verdict_pairs"));
        Assert.Equal(Class(scratch, "10.1.0.1"), Class(scratch, "10.1.0.2"));

        node.Attach(Endpoint("api", "host3", "10.1.0.3"));
        Assert.NotEqual(Class(scratch, "10.1.0.1"), Class(scratch, "10.1.0.3"));
        // Web is judged; api as its peer has a pair of its own, in one namespace or not.
        Assert.Equal(pairs + 2, Maps.Count(scratch.Paths, 1, "verdict_pairs"));
    });

    [Fact]
    public void What_only_services_and_observers_ask_for_splits_no_class() => Scratch.Run(scratch =>
    {
        var bundle = Bundle(scratch, """
            group canary = pods where track == "canary"
            group watched = pods where track == "watched"
            policy web for pods where app == "web" { ingress { allow from any on 80/tcp } }
            service web { address 10.96.0.1; port 80/tcp; backends canary; balance random }
            observe { flows all for watched }
            """);
        using var node = Node.Open(scratch.Paths);
        node.Apply(bundle);
        foreach (var (number, track) in new[] { (1, "stable"), (2, "canary"), (3, "watched") })
        {
            Scratch.AddDevices($"host{number}", $"pod{number}");
            var spec = Endpoint("web", $"host{number}", $"10.1.0.{number}");
            node.Attach(spec with { ContainerId = track, Labels = spec.Labels.SetItem("track", track) });
        }

        Assert.Equal(Class(scratch, "10.1.0.1"), Class(scratch, "10.1.0.2"));
        Assert.Equal(Class(scratch, "10.1.0.1"), Class(scratch, "10.1.0.3"));
        Assert.Equal((0U, 1U), (Maps.Entry(scratch.Paths, 1, "10.1.0.2")?.ObservedOneIn, Maps.Entry(scratch.Paths, 1, "10.1.0.3")?.ObservedOneIn));
        Assert.Equal(1, Maps.Count(scratch.Paths, 1, "backends4"));
    });

    [Fact]
    public void Classes_survive_a_process_and_a_change_of_labels_makes_only_what_is_new() => Scratch.Run(scratch =>
    {
        var bundle = Bundle(scratch, "policy web for pods where app == \"web\" { ingress { allow from pods where app == \"api\" on 80/tcp } }");
        // A link-local address comes to the device when it likes, and would take an id.
        File.WriteAllText("/proc/sys/net/ipv6/conf/default/disable_ipv6", "1");
        Scratch.AddDevices("host1", "pod1");
        var spec = Endpoint("web", "host1", "10.1.0.1");
        using (var node = Node.Open(scratch.Paths))
        {
            node.Apply(bundle);
            node.Attach(spec);
        }

        var web = Class(scratch, "10.1.0.1");
        using var later = Node.Open(scratch.Paths);
        later.Attach(spec with { Labels = spec.Labels.SetItem("app", "api") });
        var api = Class(scratch, "10.1.0.1");
        later.Attach(spec);

        Assert.Equal((web, web + 1), (Class(scratch, "10.1.0.1"), api));
    });

    private static uint? Class(Scratch scratch, string address) => Maps.Entry(scratch.Paths, 1, address)?.Class;

    private static string Bundle(Scratch scratch, string text)
    {
        var source = Path.Combine(scratch.Folder, "a.netpol");
        File.WriteAllText(source, "default namespace shop\n" + text, new UTF8Encoding(false));
        var bundle = Path.Combine(scratch.Folder, "bundle");
        var built = BundleBuilder.Build([source], bundle);
        Assert.True(built.Manifest is not null, string.Join('\n', built.Diagnostics));
        Assert.True(built.Manifest.Verdicts.AreTables);
        return bundle;
    }

    private static EndpointSpec Endpoint(string app, string device, string address) => new(
        app, "eth0", device, "02:00:00:00:00:01", [address], "shop", null, ImmutableSortedDictionary<string, string>.Empty.Add("app", app), []);
}
