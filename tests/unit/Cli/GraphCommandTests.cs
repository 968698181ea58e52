using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Xml.Linq;
using Netpol.Cli;
using Netpol.Cli.Graphs;
using Netpol.Tests.Support;

namespace Netpol.Tests.Unit.Cli;

public sealed class GraphCommandTests
{
    private const string Shop = """
        default namespace shop
        cluster { pods 10.244.0.0/16; services 10.96.0.0/12; families ipv4 }
        group web = pods where app == "web"
        group api = pods where app == "api"
        /// where <orders> are kept
        group db = pods where app == "db"
        group store = pods where app == "db"
        group cache-a = pods where app == "a"
        group cache-b = pods where app == "b"
        group office = cidr 10.20.0.0/16
        policy web for web { ingress { allow from world on 443/tcp; allow from office on 8443/tcp limit 10/s }; egress { allow to service checkout on 80/tcp; allow to db } }
        policy api for api { ingress { allow from web on port http }; egress { allow to db on 5432/tcp } }
        policy db for db { ingress { allow from api; allow from pods in same namespace on icmp(echo-request) }; egress { } }
        policy caches for cache-a | cache-b { ingress { allow from api on 6379/tcp }; egress { } }
        policy rest for pods where app not in ("web", "api", "db", "a", "b") { ingress { }; egress { allow to pods in namespace "büro \"1\"" where app == "#" } }
        service checkout { address 10.96.0.10; port http 80/tcp -> port http; port admin 81/tcp -> 9000; backends api }

        """;

    [Theory]
    [InlineData("svg")]
    [InlineData("mermaid")]
    [InlineData("dot")]
    [InlineData("json")]
    public void A_graph_reads_so(string format)
    {
        var run = Run(Shop, format);

        Assert.Equal((ExitCode.Good, ""), (run.ExitCode, run.Error));
        Assert.Equal(run.Output, Run(Shop, format).Output);
        Verifier.Verify(run.Output, format, format);
    }

    [Fact]
    public void Equal_sets_and_those_with_the_same_arrows_are_one_node()
    {
        using var document = JsonDocument.Parse(Run(Shop, "json").Output);

        var nodes = document.RootElement.GetProperty("nodes").EnumerateArray()
            .Select(node => string.Join(' ', node.GetProperty("sets").EnumerateArray().Select(set => set.GetProperty("set").GetString()))).ToList();
        Assert.Contains("db store", nodes);
        Assert.Contains("cache-a cache-b", nodes);
    }

    [Fact]
    public void A_picture_of_a_hundred_groups_has_no_box_or_label_on_another()
    {
        var run = Run(Hundred(), "svg");

        Assert.Equal(ExitCode.Good, run.ExitCode);
        var picture = XDocument.Parse(run.Output).Root!;
        var boxes = picture.Descendants().Where(element => (string?)element.Attribute("class") == "box")
            .Select(box => (X: Number(box, "x"), Y: Number(box, "y"), Width: Number(box, "width"), Height: Number(box, "height"))).ToList();
        Assert.InRange(boxes.Count, 90, 101);
        foreach (var (one, other) in boxes.SelectMany((one, index) => boxes.Skip(index + 1).Select(other => (one, other))))
        {
            Assert.True(
                one.X + one.Width <= other.X || other.X + other.Width <= one.X || one.Y + one.Height <= other.Y || other.Y + other.Height <= one.Y,
                $"{one} and {other}");
        }

        var labels = picture.Descendants().Where(element => (string?)element.Attribute("class") == "label")
            .Select(label => (X: Number(label, "x"), Y: Number(label, "y"), Side: (string?)label.Attribute("text-anchor"))).ToList();
        Assert.InRange(labels.Count, 150, 200);
        Assert.All(
            labels.GroupBy(label => (label.X, label.Side)).SelectMany(column => column.Select(label => label.Y).Order().Zip(column.Select(label => label.Y).Order().Skip(1))),
            pair => Assert.True(pair.Second - pair.First >= 9.5, $"{pair}"));
        var (width, height) = (Number(picture, "width"), Number(picture, "height"));
        Assert.All(boxes, box => Assert.True(box.X >= 0 && box.Y >= 0 && box.X + box.Width <= width && box.Y + box.Height <= height, $"{box}"));
        Assert.InRange(width, 500, 2500);
        Assert.InRange(height, 300, 2500);
    }

    [Fact]
    public void Arrows_of_a_circle_go_back_and_all_others_forward()
    {
        // 0 -> 1 -> 2 -> 0, and 2 -> 3.
        ImmutableArray<LayoutArrow> arrows = [new(0, 1, 30), new(1, 2, 30), new(2, 0, 30), new(2, 3, 30)];
        var layout = LayeredLayout.Of([.. Enumerable.Repeat(new LayoutBox(60, 30), 4)], arrows);

        var back = arrows.Where((arrow, _) => layout.Corners[arrow.To].X < layout.Corners[arrow.From].X).ToList();
        Assert.Single(back);
        Assert.All(arrows.Zip(layout.Lines), pair =>
        {
            var (tail, head) = (layout.Corners[pair.First.From], layout.Corners[pair.First.To]);
            Assert.Equal(tail.X < head.X ? tail.X + 60 : tail.X, pair.Second[0].X, 3);
            Assert.Equal(tail.X < head.X ? head.X : head.X + 60, pair.Second[^1].X, 3);
        });
    }

    [Fact]
    public void Sources_with_errors_are_not_drawn()
    {
        var run = Run("group a = b\n", "svg");

        Assert.Equal((ExitCode.Findings, ""), (run.ExitCode, run.Output));
    }

    [Fact]
    public void Nothing_is_a_graph_too()
    {
        Assert.Equal("flowchart LR\n", Run("", "mermaid").Output);
        Assert.Equal("svg", XDocument.Parse(Run("", "svg").Output).Root!.Name.LocalName);
    }

    /// <summary>Ten tiers of ten groups, each of which takes connections from two of the tier before.</summary>
    private static string Hundred()
    {
        var text = new StringBuilder("default namespace shop\ncluster { pods 10.244.0.0/16; services 10.96.0.0/12; families ipv4 }\n");
        for (var group = 0; group < 100; group++)
        {
            var (tier, place) = (group / 10, group % 10);
            var from = tier == 0 ? place < 6 ? "allow from world on 443/tcp" : ""
                : $"allow from g{((tier - 1) * 10) + ((place * 3) % 10)} on {8000 + place}/tcp; allow from g{((tier - 1) * 10) + (((place * 7) + tier) % 10)} on {8000 + place}/tcp";
            text.AppendLine(CultureInfo.InvariantCulture, $"group g{group} = pods where app == \"g{group}\"");
            text.AppendLine(CultureInfo.InvariantCulture, $"policy p{group} for g{group} {{ ingress {{ {from} }}; egress {{ allow to pods in any namespace }} }}");
        }

        return text.ToString();
    }

    private static double Number(XElement element, string attribute) => double.Parse(element.Attribute(attribute)!.Value, CultureInfo.InvariantCulture);

    private static Invocation Run(string text, string format)
    {
        using var folder = new TemporaryFolder();
        folder.File("shop.netpol", text);
        return Invocation.In(folder.Path, "", "graph", "shop.netpol", "-o", format);
    }
}
