using System.Collections.Immutable;
using System.Reflection;
using System.Text;
using System.Text.Json;
using Netpol.Bundle;
using Netpol.Loader;
using Netpol.Loader.State;

namespace Netpol.Tests.Unit.Loader;

/// <summary>What the state folder keeps comes back as it was: the forms are written by hand, so each case of each family is tried.</summary>
public sealed class StoredFormTests
{
    private static readonly ImmutableArray<LabelExpression> Labels =
    [
        new LabelExpression.In("app", ["a", "b"]),
        new LabelExpression.Has("k/\"ü"),
        new LabelExpression.Not(new LabelExpression.Has("x")),
        new LabelExpression.And([new LabelExpression.Has("x"), new LabelExpression.In("y", [])]),
        new LabelExpression.Or([new LabelExpression.Has("x")]),
    ];

    private static readonly ImmutableArray<SetExpression> Sets =
    [
        new SetExpression.Any(),
        new SetExpression.World(),
        new SetExpression.Host(),
        new SetExpression.Nodes(),
        new SetExpression.Cidr(["10.0.0.0/8", "fd00::/8"], ["10.1.0.0/16"]),
        new SetExpression.Pods(null, null, null),
        new SetExpression.Pods("shop", Labels[0], null),
        .. Labels.Select(labels => new SetExpression.Pods(null, null, labels)),
        new SetExpression.Union([new SetExpression.Any(), new SetExpression.Host()]),
        new SetExpression.Intersection([new SetExpression.Nodes()]),
        new SetExpression.Difference(new SetExpression.Any(), new SetExpression.World()),
    ];

    [Fact]
    public void Every_kind_of_expression_is_among_those_that_are_tried()
    {
        Assert.Equal(CasesOf<SetExpression>(), Sets.Select(set => set.GetType().Name).Distinct().Order());
        Assert.Equal(CasesOf<LabelExpression>(), Labels.Select(labels => labels.GetType().Name).Distinct().Order());
    }

    [Fact]
    public void A_placement_comes_back_with_all_that_an_attachment_reads()
    {
        var kept = Sample();

        var read = PlacementFile.Read(PlacementFile.Write(kept with { Sources = ["a.netpol"], Object = "o", Backend = "c" }));

        // Arrays compare by reference, so what they print as JSON is compared.
        Assert.Equal(JsonSerializer.Serialize(kept, ManifestJson.Default.Manifest), JsonSerializer.Serialize(read, ManifestJson.Default.Manifest));
    }

    [Fact]
    public void A_placement_of_another_version_is_refused()
    {
        var content = PlacementFile.Write(Sample());
        content[0]++;

        var refusal = Assert.Throws<LoaderException>(() => PlacementFile.Read(content));

        Assert.Contains("load the bundle again", refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void An_endpoint_comes_back_with_all_its_fields(bool hasAll)
    {
        var spec = new EndpointSpec(
            "c1", "eth0", "veth0", "02:00:00:00:00:01", ["10.0.0.1", "fd00::1"], "sh\"op",
            hasAll ? ImmutableSortedDictionary<string, string>.Empty.Add("env", "prod") : null,
            ImmutableSortedDictionary<string, string>.Empty.Add("k/ü", "v\\1"),
            hasAll ? [new NamedPort("http", "tcp", 80), new NamedPort("dns", "udp", 53)] : [],
            hasAll ? "pod" : null, hasAll ? "net" : null, hasAll ? "/run/netns/c1" : null);
        EndpointRecord record = new(1, 7, 3, 12, 2, "clsact", true, spec, hasAll ? Pending.Programs | Pending.Links : Pending.None, hasAll ? ulong.MaxValue : 0);

        var text = RecordText.Of(record);
        var read = RecordText.ReadEndpoint(Parse(text));

        Assert.Equal(Encoding.UTF8.GetString(text), Encoding.UTF8.GetString(RecordText.Of(read)));
        Assert.Equal((record.Id, record.Slot, record.InterfaceIndex, record.NamespaceId, record.Hook, record.Attached, record.Pending),
            (read.Id, read.Slot, read.InterfaceIndex, read.NamespaceId, read.Hook, read.Attached, read.Pending));
        Assert.Equal((record.SocketNamespace, spec.NetworkNamespace), (read.SocketNamespace, read.Spec.NetworkNamespace));
        Assert.Equal(spec.Addresses.AsEnumerable(), read.Spec.Addresses);
        Assert.Equal(spec.Ports.AsEnumerable(), read.Spec.Ports);
        Assert.Equal((IEnumerable<KeyValuePair<string, string>>?)spec.NamespaceLabels, read.Spec.NamespaceLabels);
        Assert.Equal((spec.Labels["k/ü"], spec.Name, spec.Network, spec.Namespace), (read.Spec.Labels["k/ü"], read.Spec.Name, read.Spec.Network, read.Spec.Namespace));
    }

    [Fact]
    public void A_node_and_a_generation_come_back()
    {
        NodeRecord node = new(1, 5, 9, ImmutableSortedDictionary<string, uint>.Empty.Add("a", 1).Add("b", 2), "00ff", ["10.0.0.1"], 4, "/cgroup")
        {
            Straight = new(["pods"], ["10.0.9.0/24", "fd00::9"]),
        };
        GenerationRecord generation = new(1, 3, "digest", "/b", "1-2", ["control"]);

        var readNode = RecordText.ReadNode(Parse(RecordText.Of(node)));
        var readGeneration = RecordText.ReadGeneration(Parse(RecordText.Of(generation)));

        Assert.Equal("/cgroup", readNode.Cgroup);
        Assert.Equal(node.Straight, readNode.Straight);
        Assert.Equal(StraightDelivery.None, RecordText.ReadNode(Parse(RecordText.Of(NodeRecord.Empty))).Straight);
        Assert.Equal((5U, 9U, 2U, "00ff", "10.0.0.1", 4), (readNode.LastEndpoint, readNode.LastEpoch, readNode.Namespaces["b"], readNode.Slots, readNode.HostAddresses[0], readNode.Spare));
        Assert.Equal((3U, "digest", "/b", "1-2", "control"), (readGeneration.Generation, readGeneration.Digest, readGeneration.Bundle, readGeneration.Stamp, readGeneration.NodeMaps[0]));
    }

    private static JsonElement Parse(byte[] text)
    {
        using var document = JsonDocument.Parse(text);
        return document.RootElement.Clone();
    }

    private static IEnumerable<string> CasesOf<T>() =>
        typeof(T).GetNestedTypes(BindingFlags.Public).Where(type => type.IsSubclassOf(typeof(T))).Select(type => type.Name).Order();

    private static Manifest Sample() => new(
        Manifest.CurrentSchema, "d1", "", "", [], new FeatureSet(true, false, true, false) { Tiers = true }, new MapLayout(2, 1, 3, [], ""),
        ImmutableSortedDictionary<string, ImmutableSortedDictionary<string, string>>.Empty
            .Add("data", ImmutableSortedDictionary<string, string>.Empty.Add("env", "prod")),
        [.. Sets.Select((set, bit) => new SetEntry(bit, $"s{bit}", set))],
        [],
        [],
        ["http"],
        [new PolicyEntry("p", 1, true, false, "a.netpol", 3, 4)],
        [],
        [
            new ServiceEntry(1, "s", ["10.96.0.1"], [new ServicePortEntry(1, "web", "tcp", 80, 8080, null), new ServicePortEntry(2, null, "udp", 53, null, "dns")], 3, []),
            new ServiceEntry(2, "t", [], [], null, [new BackendEntry("10.0.0.1", 2)]),
        ],
        new ObserveEntry(false, [new FlowSampleEntry(10, 2), new FlowSampleEntry(100, null)]),
        new VerdictEntry(VerdictEntry.Tables, "", ""))
    {
        Assumptions = [new AssumptionEntry(Sets[0], "a.netpol", 5, 6, "assume no any")],
    };
}
