using System.Collections.Immutable;
using System.Text.Json;
using Netpol.Bundle;
using Netpol.Loader;

namespace Netpol.Tests.Kernel.Loader;

/// <summary>Bundles around the hand-written sample of the datapath library: the loader's tests need no compiler.</summary>
internal static class SampleBundle
{
    /// <summary>Bits of the sets in sample.bpf.c.</summary>
    public const int Web = 0;
    public const int Api = 1;
    public const int Outside = 2;
    public const int Guest = 3;

    private static readonly Lazy<byte[]> SampleObject = new(() => Compile(File.ReadAllText(SampleFile)));

    public static byte[] Object => SampleObject.Value;

    private static string Root
    {
        get
        {
            var folder = AppContext.BaseDirectory;
            while (!File.Exists(Path.Combine(folder, "Dsl.sln")))
            {
                folder = Path.GetDirectoryName(folder) ?? throw new InvalidOperationException("not in a checkout");
            }

            return folder;
        }
    }

    private static string SampleFile => Path.Combine(Root, "tests", "kernel", "Sample", "sample.bpf.c");

    public static Manifest Manifest { get; } = new(
        Manifest.CurrentSchema, "", "c", "datapath.bpf.o", ["sample.netpol"],
        new FeatureSet(true, true, true, true),
        new MapLayout(1, 1, 2, Maps(connectionSets: 547), "sample"),
        ImmutableSortedDictionary<string, ImmutableSortedDictionary<string, string>>.Empty,
        [
            new SetEntry(Web, "web", App("web")),
            new SetEntry(Api, "api", App("api")),
            new SetEntry(Outside, "outside", new SetExpression.Cidr(["192.0.2.0/24", "2001:db8:2::/48"], [])),
            new SetEntry(Guest, "guest", App("guest")),
        ],
        [[], [Outside]],
        [
            new PrefixEntry("0.0.0.0/0", 1),
            new PrefixEntry("192.0.2.0/24", 2),
            new PrefixEntry("::/0", 1),
            new PrefixEntry("2001:db8:2::/48", 2),
        ],
        ["http"],
        [
            new PolicyEntry("guest", Guest, false, true, "sample.netpol", 8, 1),
            new PolicyEntry("api", Api, true, false, "sample.netpol", 15, 1),
        ],
        [.. Enumerable.Range(1, 5).Select(id => new RuleEntry(
            id, id is 1 or 3 ? "deny" : "allow", id < 3 ? "egress" : "ingress", id < 3 ? "guest" : "api", id is 1 or 4,
            "sample.netpol", id < 3 ? 8 + id : 13 + id, 5, $"rule {id}"))],
        [
            new ServiceEntry(
                1, "checkout", ["10.96.0.10", "10.96.0.11", "fd00:96::10"],
                [new ServicePortEntry(1, "http", "tcp", 80, null, "http"), new ServicePortEntry(2, "dns", "udp", 53, 5353, null)],
                Api, []),
            new ServiceEntry(
                2, "legacy", ["10.96.0.20"], [new ServicePortEntry(3, null, "tcp", 80, 8080, null)],
                null, [new BackendEntry("192.0.2.1", 4), new BackendEntry("192.0.2.2", 2), new BackendEntry("192.0.2.3", 0)]),
        ],
        new ObserveEntry(true, [new FlowSampleEntry(1, Web)]),
        new VerdictEntry(VerdictEntry.Code, "the sample is code", ""));

    /// <summary>Writes a bundle into a folder and answers the folder.</summary>
    public static string Write(string folder, Func<Manifest, Manifest>? change = null, byte[]? elf = null)
    {
        Directory.CreateDirectory(folder);
        elf ??= Object;
        var manifest = change?.Invoke(Manifest) ?? Manifest;
        manifest = manifest with { Digest = BundleDigest.Compute(manifest, elf) };
        File.WriteAllBytes(Path.Combine(folder, manifest.Object), elf);
        File.WriteAllText(Path.Combine(folder, Manifest.FileName), JsonSerializer.Serialize(manifest, ManifestJson.Default.Manifest));
        return folder;
    }

    /// <summary>The sample with some of its text replaced, compiled.</summary>
    public static byte[] CompileWith(string text, string replacement)
    {
        var source = File.ReadAllText(SampleFile);
        Assert.Contains(text, source, StringComparison.Ordinal);
        return Compile(source.Replace(text, replacement, StringComparison.Ordinal));
    }

    public static EndpointSpec Endpoint(string name, string app, string device, string mac, params string[] addresses) => new(
        name, "eth0", device, mac, [.. addresses], "shop", null,
        ImmutableSortedDictionary<string, string>.Empty.Add("app", app), [new NamedPort("http", "tcp", 8080)], name);

    public static ImmutableArray<MapEntry> Maps(int connectionSets) =>
    [
        new("control", "node", "array", 4, 8, 1),
        new("from_endpoint_programs", "node", "prog_array", 4, 4, 8192),
        new("to_endpoint_programs", "node", "prog_array", 4, 4, 8192),
        new("uplink_programs", "node", "prog_array", 4, 4, 2),
        new("xdp_programs", "node", "prog_array", 4, 4, 2),
        new("xdp_packets", "node", "percpu_array", 4, 8, 2),
        new("endpoint_constants", "node", "array", 4, 104, 4096),
        new("drop_reasons", "node", "percpu_array", 4, 8, 64),
        new("events", "node", "ringbuf", 0, 0, 256 * 1024),
        new("flow_record", "node", "percpu_array", 4, 28, 1),
        new("connections4", "node", "array", 4, 1024, connectionSets),
        new("connections6", "node", "array", 4, 1984, connectionSets),
        new("fragments4", "node", "lru_hash", 16, 48, 256),
        new("fragments6", "node", "lru_hash", 40, 48, 256),
        new("connect4_programs", "node", "prog_array", 4, 4, 2),
        new("sendmsg4_programs", "node", "prog_array", 4, 4, 2),
        new("connect6_programs", "node", "prog_array", 4, 4, 2),
        new("sendmsg6_programs", "node", "prog_array", 4, 4, 2),
        new("socket_peers", "node", "sk_storage", 4, 200, 0),
    ];

    private static SetExpression.Pods App(string value) => new(null, null, new LabelExpression.In("app", [value]));

    private static byte[] Compile(string source)
    {
        var folder = Directory.CreateTempSubdirectory("netpol-sample-").FullName;
        try
        {
            var file = Path.Combine(folder, "sample.bpf.c");
            var output = Path.Combine(folder, "sample.o");
            File.WriteAllText(file, source);
            Scratch.Shell(
                "clang-19", "-target", "bpf", "-mcpu=v3", "-O2", "-g", "-I", Path.Combine(Root, "compiler", "datapath"),
                "-I", "/usr/include/x86_64-linux-gnu", "-c", file, "-o", output);
            return File.ReadAllBytes(output);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
