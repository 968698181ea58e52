using Netpol.Bundle;
using Netpol.Loader;
using Netpol.Toolchain;
using BundleFolder = Netpol.Loader.Generations.BundleFolder;

namespace Netpol.Tests.Kernel.Loader;

public sealed class ApplyTests
{
    [Fact]
    public void A_bundle_is_put_in_charge_and_nothing_is_done_the_second_time() => Scratch.Run(scratch =>
    {
        var bundle = SampleBundle.Write(Path.Combine(scratch.Folder, "bundle"));

        using var node = Node.Open(scratch.Paths);
        var first = node.Apply(bundle);
        var second = node.Apply(bundle);

        Assert.Equal((true, 1U, 0), (first.Changed, first.Generation, first.Endpoints));
        Assert.Equal((false, 1U), (second.Changed, second.Generation));
        Assert.Equal(1U, node.Status().Generation);
    });

    [Fact]
    public void A_new_bundle_takes_over_the_endpoints_and_the_old_one_leaves_nothing() => Scratch.Run(scratch =>
    {
        Scratch.AddDevices("host1", "cont1");
        using var node = Node.Open(scratch.Paths);
        node.Apply(SampleBundle.Write(Path.Combine(scratch.Folder, "old")));
        node.Attach(SampleBundle.Endpoint("a", "api", "host1", "02:00:00:00:00:01", "10.1.0.2"));
        var epoch = node.Status().Epoch;

        var result = node.Apply(SampleBundle.Write(Path.Combine(scratch.Folder, "new"), manifest => manifest with { Sources = ["x.netpol"] }));

        Assert.Equal((true, 2U, 1), (result.Changed, result.Generation, result.Endpoints));
        Assert.Empty(node.Check("a", "eth0"));
        Assert.Equal(["2"], Names(scratch.Paths.Pins, "generations"));
        Assert.True(node.Status().Epoch > epoch);
        Assert.Equal("vacant", Maps.ProgramName(scratch.Paths, "from_endpoint_programs", slot: 1, generation: 1));
        Assert.Equal("from_endpoint", Maps.ProgramName(scratch.Paths, "from_endpoint_programs", slot: 1, generation: 2));
    });

    [Fact]
    public void What_the_verifier_refuses_is_shown_by_its_source_line_and_leaves_the_old_bundle_in_charge() => Scratch.Run(scratch =>
    {
        using var node = Node.Open(scratch.Paths);
        node.Apply(SampleBundle.Write(Path.Combine(scratch.Folder, "good")));
        var before = Tree(scratch.Paths.Pins);
        var bad = SampleBundle.CompileWith(
            "if (member(peer, SET_WEB) && in->protocol == 6 && in->port == 22)",
            "if (((volatile __u64 *)in)[in->port])");
        var bundle = SampleBundle.Write(Path.Combine(scratch.Folder, "bad"), manifest => manifest with { Backend = "bad" }, bad);

        var refusal = Assert.Throws<VerifierException>(() => node.Apply(bundle));

        Assert.Equal("sample.netpol:9", refusal.Place);
        Assert.StartsWith("sample.netpol:9: the kernel's verifier refused program `", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("processed ", File.ReadAllText(refusal.LogFile), StringComparison.Ordinal);
        Assert.Equal(before, Tree(scratch.Paths.Pins));
        Assert.Equal(1U, node.Status().Generation);
    });

    /// <summary>One that the loader hands to libbpf as it is, as it makes none of it for containers.</summary>
    [Fact]
    public void A_refused_program_of_sockets_is_named() => Scratch.Run(scratch =>
    {
        using var node = Node.Open(scratch.Paths);
        const string Anchor = "/* policy api for api { egress { … } } */";
        var bad = SampleBundle.CompileWith(
            Anchor, $"SEC(\"cgroup/connect4\")\nint broken(struct bpf_sock_addr *call)\n{{\n\treturn *(volatile int *)(long)call->user_port;\n}}\n{Anchor}");

        var refusal = Assert.Throws<VerifierException>(() => node.Apply(SampleBundle.Write(Path.Combine(scratch.Folder, "bad"), null, bad)));

        Assert.Contains("the kernel's verifier refused program `broken`", refusal.Message, StringComparison.Ordinal);
    });

    [Fact]
    public void A_first_bundle_that_is_refused_leaves_no_pin() => Scratch.Run(scratch =>
    {
        using var node = Node.Open(scratch.Paths);
        var bad = SampleBundle.CompileWith("if (!in || !in->self || !in->peer)\n\t\treturn POLICY_DEFAULT_DENY;", "");

        Assert.Throws<VerifierException>(() => node.Apply(SampleBundle.Write(Path.Combine(scratch.Folder, "bad"), null, bad)));

        Assert.Equal(["generations", "links", "sockets", "uplinks"], Tree(scratch.Paths.Pins));
        Assert.False(File.Exists(Path.Combine(scratch.Paths.State, "changing")));
    });

    [Fact]
    public void Node_maps_of_another_layout_are_refused_with_the_way_out() => Scratch.Run(scratch =>
    {
        using var node = Node.Open(scratch.Paths);
        node.Apply(SampleBundle.Write(Path.Combine(scratch.Folder, "old")));
        var larger = SampleBundle.CompileWith("#define MAX_CONNECTION_SETS\t547", "#define MAX_CONNECTION_SETS\t1093");

        var refusal = Assert.Throws<LoaderException>(() => node.Apply(SampleBundle.Write(
            Path.Combine(scratch.Folder, "new"),
            manifest => manifest with { Layout = manifest.Layout with { Maps = SampleBundle.Maps(connectionSets: 1093) } },
            larger)));

        Assert.Equal(
            "map `connections4` of this node has 547 entries of 4 + 1024 bytes, the bundle wants 1093 of 4 + 1024; " +
            "detach all containers, remove the folders of pins and state, and load it then",
            refusal.Message);
    });

    [Fact]
    public void A_bundle_that_is_built_anew_meanwhile_is_read_as_one_of_both() => Scratch.Run(scratch =>
    {
        var bundle = Path.Combine(scratch.Folder, "bundle");
        string[] sources = [Path.Combine(scratch.Folder, "a.netpol"), Path.Combine(scratch.Folder, "b.netpol")];
        File.WriteAllText(sources[0], "policy a for pods { ingress { } }");
        File.WriteAllText(sources[1], "policy b for pods { ingress { allow from world } }");
        void Build(int turn) => Assert.NotNull(BundleBuilder.Build([sources[turn % 2]], bundle, backend: BackendKind.Bytecode).Manifest);
        Build(0);
        HashSet<string> seen = [];

        var builder = Task.Run(() => Enumerable.Range(1, 30).ToList().ForEach(Build));
        while (!builder.IsCompleted)
        {
            seen.Add(BundleFolder.Open(bundle).Read().Manifest.Digest);
        }

        builder.GetAwaiter().GetResult();
        Assert.Equal(2, seen.Count);
    });

    [Theory]
    [InlineData("schema", "has schema 99, this program reads 3; build the bundle with the same version of netpol")]
    [InlineData("object", "does not match its digest: a file was changed or not copied whole; build it again")]
    [InlineData("text", "is no manifest")]
    [InlineData("missing", "is no bundle: it has no manifest.json; make one with `netpol build`")]
    public void A_damaged_bundle_is_refused_in_one_sentence(string damage, string expected) => Scratch.Run(scratch =>
    {
        var bundle = SampleBundle.Write(Path.Combine(scratch.Folder, "bundle"));
        var manifest = Path.Combine(bundle, Manifest.FileName);
        switch (damage)
        {
            case "schema":
                File.WriteAllText(manifest, "{ \"schema\": 99 }");
                break;
            case "object":
                File.AppendAllText(Path.Combine(bundle, SampleBundle.Manifest.Object), "x");
                break;
            case "text":
                File.WriteAllText(manifest, "not json");
                break;
            default:
                File.Delete(manifest);
                break;
        }

        using var node = Node.Open(scratch.Paths);
        var refusal = Assert.Throws<LoaderException>(() => node.Apply(bundle));

        Assert.Contains(expected, refusal.Message, StringComparison.Ordinal);
        Assert.Equal(["generations", "links", "sockets", "uplinks"], Tree(scratch.Paths.Pins));
    });

    [Fact]
    public void Pins_that_are_not_on_a_bpffs_are_refused_with_the_mount_command() => Scratch.Run(scratch =>
    {
        var refusal = Assert.Throws<LoaderException>(
            () => Node.Open(scratch.Paths with { Pins = Path.Combine(scratch.Folder, "plain", "netpol") }));

        Assert.Equal(
            $"`{scratch.Folder}/plain/netpol` is not on a bpffs; mount one with `mount -t bpf bpf {scratch.Folder}/plain` " +
            "or name another folder of pins",
            refusal.Message);
        Assert.False(Directory.Exists(Path.Combine(scratch.Folder, "plain")));
    });

    [Fact]
    public void A_second_process_waits_only_so_long() => Scratch.Run(scratch =>
    {
        using var node = Node.Open(scratch.Paths);

        var refusal = Assert.Throws<LoaderException>(
            () => Node.Open(scratch.Paths, new NodeOptions(Wait: TimeSpan.FromMilliseconds(50))));

        Assert.StartsWith("another process is changing the node of", refusal.Message, StringComparison.Ordinal);
    });

    [Fact]
    public void A_load_that_was_killed_is_cleaned_up_by_the_next_one() => Scratch.Run(scratch =>
    {
        var bundle = SampleBundle.Write(Path.Combine(scratch.Folder, "bundle"));
        using (var node = Node.Open(scratch.Paths))
        {
            node.Apply(bundle);
        }

        Directory.CreateDirectory(Path.Combine(scratch.Paths.Pins, "generations", "2"));
        Directory.CreateDirectory(Path.Combine(scratch.Paths.State, "generations", "2"));
        File.WriteAllText(Path.Combine(scratch.Paths.State, "changing"), "");

        using var repaired = Node.Open(scratch.Paths);

        Assert.Equal(["1"], Names(scratch.Paths.Pins, "generations"));
        Assert.Equal(["1"], Names(scratch.Paths.State, "generations"));
        Assert.False(File.Exists(Path.Combine(scratch.Paths.State, "changing")));
        Assert.False(repaired.Apply(bundle).Changed);
    });

    private static IEnumerable<string?> Names(params string[] folder) =>
        Directory.EnumerateDirectories(Path.Combine(folder)).Select(Path.GetFileName).Order();

    private static string[] Tree(string folder) =>
    [
        .. Directory.EnumerateFileSystemEntries(folder, "*", SearchOption.AllDirectories)
            .Select(entry => Path.GetRelativePath(folder, entry)).Order(StringComparer.Ordinal),
    ];
}
