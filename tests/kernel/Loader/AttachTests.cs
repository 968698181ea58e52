using System.Collections.Immutable;
using Netpol.Bundle;
using Netpol.Loader;
using Netpol.Observe;

namespace Netpol.Tests.Kernel.Loader;

public sealed class AttachTests
{
    private const byte Tcp = 6;

    [Theory]
    [InlineData(HookKind.Auto)]
    [InlineData(HookKind.Tcx)]
    [InlineData(HookKind.Clsact)]
    public void An_attached_container_is_in_the_maps_and_gone_after_detach(HookKind hook) => Run((scratch, node) =>
    {
        var status = node.Attach(SampleBundle.Endpoint("a", "api", "host1", "02:00:00:00:00:01", "10.1.0.2", "fd00::2"));

        Assert.True(status.Attached);
        Assert.Empty(node.Check("a", "eth0"));
        var address = Maps.Address(scratch.Paths, 1, "10.1.0.2") ?? default;
        Assert.Equal((status.Id, 1 << SampleBundle.Api, 1), (address.Head.Endpoint, (int)address.Members, address.Head.Kind));
        Assert.Equal(status.Id, Maps.Address(scratch.Paths, 1, "fd00::2")?.Head.Endpoint);
        Assert.Equal(1, Maps.Count(scratch.Paths, 1, "port_names"));

        Assert.True(node.Detach("a", "eth0"));
        Assert.False(node.Detach("a", "eth0"));
        Assert.Null(Maps.Address(scratch.Paths, 1, "10.1.0.2"));
        Assert.Null(Maps.Address(scratch.Paths, 1, "fd00::2"));
        Assert.Equal(0, Maps.Count(scratch.Paths, 1, "port_names"));
        Assert.Equal("vacant", Maps.ProgramName(scratch.Paths, "from_endpoint_programs", 1, 1));
        Assert.Equal("vacant", Maps.ProgramName(scratch.Paths, "to_endpoint_programs", 1, 1));
        Assert.Empty(Directory.EnumerateFileSystemEntries(Path.Combine(scratch.Paths.Pins, "links")));
        Assert.DoesNotContain(",UP", Scratch.Shell("ip", "link", "show", "host1"), StringComparison.Ordinal);
        Assert.Empty(node.Status().Endpoints);
    }, hook);

    [Fact]
    public void Attaching_twice_is_attaching_once_and_an_id_is_never_given_again() => Run((_, node) =>
    {
        var spec = SampleBundle.Endpoint("a", "api", "host1", "02:00:00:00:00:01", "10.1.0.2");

        var first = node.Attach(spec);
        var epoch = node.Status().Epoch;
        var second = node.Attach(spec with { Addresses = ["10.1.0.2"] });
        var after = node.Status().Epoch;
        node.Detach("a", "eth0");
        Scratch.Shell("ip", "link", "set", "host1", "up");
        var third = node.Attach(spec);

        Assert.Equal((first.Id, first.Slot, epoch), (second.Id, second.Slot, after));
        Assert.Equal((first.Id + 1, first.Slot), (third.Id, third.Slot));
    });

    [Fact]
    public void A_container_that_the_source_assumes_never_to_be_is_refused_with_the_line() => Run((scratch, node) =>
    {
        var web = SampleBundle.Endpoint("a", "web", "host1", "02:00:00:00:00:01", "10.1.0.2");
        var assuming = SampleBundle.Write(Path.Combine(scratch.Folder, "assuming"), manifest => manifest with
        {
            Assumptions = [new AssumptionEntry(manifest.Sets[SampleBundle.Web].Expression, "sample.netpol", 3, 1, "assume no web")],
        });
        node.Attach(web);

        var present = Assert.Throws<LoaderException>(() => node.Apply(assuming));
        node.Detach("a", "eth0");
        node.Apply(assuming);
        Scratch.Shell("ip", "link", "set", "host1", "up");
        var added = Assert.Throws<LoaderException>(() => node.Attach(web));
        var other = node.Attach(web with { Labels = web.Labels.SetItem("app", "api") });
        var relabelled = Assert.Throws<LoaderException>(() => node.Attach(web));

        Assert.All([present, added, relabelled], refusal => Assert.Contains("sample.netpol:3:1 assumes never to be there: `assume no web`", refusal.Message, StringComparison.Ordinal));
        Assert.Equal(["api"], other.Sets.AsEnumerable());
        Assert.Single(node.Status().Endpoints);
    });

    [Fact]
    public void Changed_labels_move_the_endpoint_to_other_sets_under_the_same_id() => Run((scratch, node) =>
    {
        var spec = SampleBundle.Endpoint("a", "api", "host1", "02:00:00:00:00:01", "10.1.0.2", "10.1.0.3");
        var first = node.Attach(spec);

        var second = node.Attach(spec with { Labels = spec.Labels.SetItem("app", "guest"), Addresses = ["10.1.0.3"] });

        Assert.Equal(first.Id, second.Id);
        Assert.Equal(["guest"], second.Sets.AsEnumerable());
        Assert.Equal(["guest"], second.Policies.AsEnumerable());
        Assert.Null(Maps.Address(scratch.Paths, 1, "10.1.0.2"));
        Assert.Equal(1UL << SampleBundle.Guest, Maps.Address(scratch.Paths, 1, "10.1.0.3")?.Members);
        Assert.Empty(Maps.Backends(scratch.Paths, 1, "10.96.0.10", 80, Tcp, 1));
    });

    [Fact]
    public void Backends_follow_the_endpoints_and_the_last_fills_the_hole() => Run((scratch, node) =>
    {
        Scratch.AddDevices("host2", "cont2");
        Scratch.AddDevices("host3", "cont3");
        node.Attach(SampleBundle.Endpoint("a", "api", "host1", "02:00:00:00:00:01", "10.1.0.1", "fd00::1"));
        node.Attach(SampleBundle.Endpoint("b", "api", "host2", "02:00:00:00:00:02", "10.1.0.2"));
        node.Attach(SampleBundle.Endpoint("c", "api", "host3", "02:00:00:00:00:03", "10.1.0.3"));
        var before = Maps.Backends(scratch.Paths, 1, "10.96.0.10", 80, Tcp, 1);

        node.Detach("a", "eth0");

        Assert.Equal(["10.1.0.1:8080", "10.1.0.2:8080", "10.1.0.3:8080"], before);
        Assert.Equal(["10.1.0.3:8080", "10.1.0.2:8080"], Maps.Backends(scratch.Paths, 1, "10.96.0.10", 80, Tcp, 1));
        Assert.Equal(["10.1.0.3:8080", "10.1.0.2:8080"], Maps.Backends(scratch.Paths, 1, "10.96.0.11", 80, Tcp, 1));
        Assert.Empty(Maps.Backends(scratch.Paths, 1, "fd00:96::10", 80, Tcp, 1));
    });

    [Fact]
    public void An_endpoint_without_the_named_port_is_no_backend_of_it() => Run((scratch, node) =>
    {
        var spec = SampleBundle.Endpoint("a", "api", "host1", "02:00:00:00:00:01", "10.1.0.1") with { Ports = [] };

        node.Attach(spec);

        Assert.Empty(Maps.Backends(scratch.Paths, 1, "10.96.0.10", 80, Tcp, 1));
        Assert.Equal(["10.1.0.1:5353"], Maps.Backends(scratch.Paths, 1, "10.96.0.10", 53, 17, 2));
    });

    [Fact]
    public void Weights_of_addresses_become_entries_divided_by_their_common_factor() => Run((scratch, _) =>
    {
        Assert.Equal(
            ["192.0.2.1:8080", "192.0.2.1:8080", "192.0.2.2:8080"],
            Maps.Backends(scratch.Paths, 1, "10.96.0.20", 80, Tcp, 3));
    });

    [Fact]
    public void The_nodes_own_addresses_are_known_as_host_and_as_node() => Run((scratch, node) =>
    {
        Scratch.Shell("ip", "address", "add", "192.0.2.77/24", "dev", "host1");

        node.Attach(SampleBundle.Endpoint("a", "api", "host1", "02:00:00:00:00:01", "10.1.0.1"));
        var host = Maps.Address(scratch.Paths, 1, "192.0.2.77") ?? default;
        var asNode = Maps.Prefix(scratch.Paths, 1, "192.0.2.77");
        var prefixes = Maps.Count(scratch.Paths, 1, "prefixes4");
        Scratch.Shell("ip", "address", "del", "192.0.2.77/24", "dev", "host1");
        node.Attach(SampleBundle.Endpoint("a", "web", "host1", "02:00:00:00:00:01", "10.1.0.1"));

        Assert.Equal((2, 0U, 1UL << SampleBundle.Outside), (host.Head.Kind, host.Head.Endpoint, host.Members));
        Assert.Null(Maps.Address(scratch.Paths, 1, "192.0.2.77"));
        Assert.Equal((1UL << SampleBundle.Outside, 3), (asNode, prefixes));
        Assert.Equal(2, Maps.Count(scratch.Paths, 1, "prefixes4"));
    });

    [Fact]
    public void A_second_live_container_with_the_same_address_is_refused_but_a_dead_ones_address_is_taken_over() => Run((scratch, node) =>
    {
        Scratch.AddDevices("host2", "cont2");
        node.Attach(SampleBundle.Endpoint("a", "api", "host1", "02:00:00:00:00:01", "10.1.0.1"));
        var spec = SampleBundle.Endpoint("b", "api", "host2", "02:00:00:00:00:02", "10.1.0.1");

        var refusal = Assert.Throws<LoaderException>(() => node.Attach(spec));
        Scratch.Shell("ip", "link", "del", "host1");
        var taken = node.Attach(spec);

        Assert.Equal("address 10.1.0.1 belongs to container a (shop); detach that one first", refusal.Message);
        Assert.Equal(taken.Id, Maps.Address(scratch.Paths, 1, "10.1.0.1")?.Head.Endpoint);
        Assert.Equal(["10.1.0.1:8080"], Maps.Backends(scratch.Paths, 1, "10.96.0.10", 80, Tcp, 1));
        Assert.False(node.Detach("a", "eth0"));
    });

    [Fact]
    public void An_attachment_that_was_killed_stays_shut_until_it_is_repeated() => Scratch.Run(scratch =>
    {
        Scratch.AddDevices("host1", "cont1");
        var spec = SampleBundle.Endpoint("a", "api", "host1", "02:00:00:00:00:01", "10.1.0.1");
        using (var node = Node.Open(scratch.Paths))
        {
            node.Apply(SampleBundle.Write(Path.Combine(scratch.Folder, "bundle")));
            node.Attach(spec);
        }

        // What a process leaves that is killed after all maps were written, before its file said so.
        var file = Path.Combine(scratch.Paths.State, "endpoints", "a,eth0.json");
        File.WriteAllText(file, File.ReadAllText(file).Replace("\"attached\":true", "\"attached\":false", StringComparison.Ordinal));
        File.WriteAllText(Path.Combine(scratch.Paths.State, "changing"), "");

        using var repaired = Node.Open(scratch.Paths);
        var problems = repaired.Check("a", "eth0");
        var slot = Maps.ProgramName(scratch.Paths, "from_endpoint_programs", 1, 1);
        var backends = Maps.Backends(scratch.Paths, 1, "10.96.0.10", 80, Tcp, 1);
        repaired.Attach(spec);

        Assert.Equal(
            [
                "the attachment was cut short; repeat it or detach",
                "the container's slot has no programs",
                "address 10.1.0.1 is not known as this container's",
            ],
            problems.AsEnumerable());
        Assert.Equal("vacant", slot);
        Assert.Empty(backends);
        Assert.Empty(repaired.Check("a", "eth0"));
        Assert.Equal(["10.1.0.1:8080"], Maps.Backends(scratch.Paths, 1, "10.96.0.10", 80, Tcp, 1));
    });

    [Fact]
    public void A_repair_drops_what_was_written_but_not_yet_put_in_its_place() => Scratch.Run(scratch =>
    {
        using (var node = Node.Open(scratch.Paths))
        {
            node.Apply(SampleBundle.Write(Path.Combine(scratch.Folder, "bundle")));
        }

        File.WriteAllText(Path.Combine(scratch.Paths.State, "endpoints", "a,eth0.json.new"), "{\"schema\":");
        File.WriteAllText(Path.Combine(scratch.Paths.State, "endpoints", "b,eth0.json"), "");
        File.WriteAllText(Path.Combine(scratch.Paths.State, "changing"), "");

        using var repaired = Node.Open(scratch.Paths);

        Assert.Empty(Directory.EnumerateFileSystemEntries(Path.Combine(scratch.Paths.State, "endpoints")));
    });

    [Fact]
    public void A_repair_never_uses_the_epoch_of_the_change_that_was_cut_short() => Scratch.Run(scratch =>
    {
        Scratch.AddDevices("host1", "cont1");
        var file = Path.Combine(scratch.Paths.State, "node.json");
        string before;
        uint stored;
        using (var node = Node.Open(scratch.Paths))
        {
            node.Apply(SampleBundle.Write(Path.Combine(scratch.Folder, "bundle")));
            before = File.ReadAllText(file);
            node.Attach(SampleBundle.Endpoint("a", "api", "host1", "02:00:00:00:00:01", "10.1.0.1"));
            stored = node.Status().Epoch;
        }

        // What a process leaves that is killed between its store of the epoch and its note of it.
        File.WriteAllText(file, before);
        File.WriteAllText(Path.Combine(scratch.Paths.State, "changing"), "");

        using var repaired = Node.Open(scratch.Paths);

        Assert.True(repaired.Status().Epoch > stored);
    });

    [Theory]
    [InlineData(HookKind.Tcx)]
    [InlineData(HookKind.Clsact)]
    public void A_frame_with_a_foreign_source_is_dropped_counted_and_observed(HookKind hook) => Run((scratch, node) =>
    {
        node.Attach(SampleBundle.Endpoint("a", "api", "host1", "02:00:00:00:00:01", "10.1.0.1"));

        Frames.SendUdp("cont1", from: "10.9.9.9", to: "10.1.0.7");

        using var reader = EventReader.Open(scratch.Paths);
        var seen = ImmutableArray.CreateBuilder<Observation>();
        for (var tries = 0; tries < 50 && seen.All(observation => observation.Source != "10.9.9.9"); tries++)
        {
            seen.AddRange(reader.Read());
            reader.Wait(TimeSpan.FromMilliseconds(20));
        }

        var drop = Assert.Single(seen, observation => observation.Source == "10.9.9.9");
        Assert.Equal(
            ("deny", "source", "drop", "10.1.0.7", "udp", "a", "shop"),
            (drop.Verdict, drop.Reason, drop.Exit, drop.Destination, drop.Protocol, drop.Endpoint?.Name, drop.Endpoint?.Namespace));
        Assert.Contains(node.Counters().Drops, count => Words.NameOf(count.Reason) == "source" && count.Packets == 1);
    }, hook);

    [Fact]
    public void Attaching_reads_no_kernel_btf_and_opens_no_object() => Run((scratch, node) =>
    {
        Scratch.Hide("/sys/kernel/btf");
        Directory.Delete(Path.Combine(scratch.Folder, "bundle"), recursive: true);

        node.Attach(SampleBundle.Endpoint("a", "api", "host1", "02:00:00:00:00:01", "10.1.0.1"));

        Assert.Empty(Directory.EnumerateFileSystemEntries("/sys/kernel/btf"));
        Assert.Empty(node.Check("a", "eth0"));
    });

    [Fact]
    public void After_a_reboot_containers_without_device_are_forgotten_and_the_others_attached_anew() => Scratch.Run(scratch =>
    {
        Scratch.AddDevices("host1", "cont1");
        Scratch.AddDevices("host2", "cont2");
        var bundle = SampleBundle.Write(Path.Combine(scratch.Folder, "bundle"));
        using (var node = Node.Open(scratch.Paths))
        {
            node.Apply(bundle);
            node.Attach(SampleBundle.Endpoint("a", "api", "host1", "02:00:00:00:00:01", "10.1.0.1"));
            node.Attach(SampleBundle.Endpoint("b", "api", "host2", "02:00:00:00:00:02", "10.1.0.2"));
        }

        Directory.Delete(scratch.Paths.Pins, recursive: true);
        Scratch.Shell("ip", "link", "del", "host1");
        using var rebooted = Node.Open(scratch.Paths);
        var applied = rebooted.Apply(bundle);

        Assert.Equal((true, 1U, 1), (applied.Changed, applied.Generation, applied.Endpoints));
        Assert.Equal("b", Assert.Single(rebooted.Status().Endpoints).Spec.ContainerId);
        Assert.Empty(rebooted.Check("b", "eth0"));
        Assert.False(rebooted.Detach("a", "eth0"));
    });

    [Fact]
    public void Only_one_observer_reads_at_a_time() => Run((scratch, _) =>
    {
        using var first = EventReader.Open(scratch.Paths);

        var refusal = Assert.Throws<LoaderException>(() => EventReader.Open(scratch.Paths));

        Assert.StartsWith("somebody observes this node already", refusal.Message, StringComparison.Ordinal);
    });

    private static void Run(Action<Scratch, Node> test, HookKind hook = HookKind.Auto) => Scratch.Run(scratch =>
    {
        Scratch.AddDevices("host1", "cont1");
        using var node = Node.Open(scratch.Paths, new NodeOptions(hook));
        node.Apply(SampleBundle.Write(Path.Combine(scratch.Folder, "bundle")));
        test(scratch, node);
    });
}
