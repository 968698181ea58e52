using System.Collections.Immutable;
using Netpol.Advice;
using Netpol.Binding;
using Netpol.Diagnostics;
using Netpol.Parsing;
using Netpol.Tests.Support;
using Netpol.Text;

namespace Netpol.Tests.Unit.Advice;

public sealed class AdviserTests
{
    [Theory]
    [InlineData("policy p for any { ingress { allow from any on 80/tcp\n[|allow from world on 80/tcp|] } }", "NP3007", "rule never decides: `allow from any on 80/tcp` decides all that it matches")]
    [InlineData("policy p for any { ingress { allow from world on 1-9/tcp\nallow from world on 10-19/tcp\n[|allow from world on 5-15/tcp|] } }", "NP3007", "rule never decides: `allow from world on 1-9/tcp` decides all that it matches, with another")]
    [InlineData("policy p for any { ingress { deny from any on udp\nallow from any\n[|deny from world on 9/udp|] } }", "NP3007", "rule never decides: `deny from any on udp` decides all that it matches")]
    [InlineData("policy p for any tier admin 1 { egress { pass to cidr 10.0.0.0/8\n[|deny to cidr 10.1.0.0/16|] } }", "NP3007", "rule never decides: `pass to cidr 10.0.0.0/8` decides all that it matches")]
    [InlineData("policy p for any { ingress { deny from any on tcp\nallow from world\n[|allow from any on 80/tcp|] } }", "NP3008", "rule allows nothing: `deny from any on tcp` denies all that it matches")]
    [InlineData("policy p for any { ingress { allow from world\n[|allow from pods where a == \"x\" and a == \"y\"|] } }", "NP3009", "rule matches no connection that could be")]
    [InlineData("policy p for any { ingress { allow from world\n[|allow from cidr 10.0.0.0/8 on icmpv6|] } }", "NP3009", "rule matches no connection that could be")]
    [InlineData("[|policy p for pods where has a and not has a { ingress { allow from any } }|]", "NP3010", "policy `p` selects no endpoint that could be")]
    [InlineData("namespace n { env = \"prod\" }\n[|policy p for pods in namespaces (env == \"test\" and \"kubernetes.io/metadata.name\" == \"n\") { ingress { } }|]", "NP3010", "policy `p` selects no endpoint that could be")]
    [InlineData("assume no pods where a == \"x\"\n[|policy p for pods where a == \"x\" { ingress { } }|]", "NP3010", "policy `p` selects no endpoint that could be")]
    [InlineData("policy p for any { ingress { allow from world\n[|allow from world on 80/tcp limit 10/s|] } }", "NP3011", "limit bounds nothing: `allow from world` allows the same connections without one")]
    [InlineData("policy p for any { ingress { allow from world\n[|allow from host|] } }", "NP3012", "rule never decides: the node reaches its own endpoints whatever these tiers say")]
    [InlineData("policy q for any { ingress { allow from world } }\npolicy p for any tier baseline 1 { ingress { [|deny from nodes on udp|] } }", "NP3013", "baseline rule never decides: policy `q` isolates all that it is about")]
    [InlineData("policy p for any { ingress { [|allow from world on 80/tcp http { GET \"/\" }|]\nallow from any on 80-90/tcp } }", "NP3019", "requests are not looked at where `allow from any on 80-90/tcp` allows the same connections")]
    [InlineData("policy p for any { ingress { allow from any on 80-90/tcp\n[|allow from world on 80/tcp http { GET \"/\" }|] } }", "NP3019", "requests are not looked at where `allow from any on 80-90/tcp` allows the same connections")]
    [InlineData("policy p for any { ingress { allow from world on 80/tcp http { GET \"/a\"; GET \"/b\" }\n[|allow from world & cidr 1.2.3.4 on 80/tcp http { GET \"/b\" }|] } }", "NP3007", "rule never decides: `allow from world on 80/tcp http { GET \"/a\"; GET \"/b\" }` decides all that it matches")]
    [InlineData("policy p for any { ingress { allow from world on 80/tcp http { GET \"/a\" }\nallow from world on 80/tcp http { GET \"/b\" }\n[|allow from cidr 203.0.113.0/24 & world on 80/tcp http { GET \"/a\"; GET \"/b\" }|] } }", "NP3007", "rule never decides: `allow from world on 80/tcp http { GET \"/a\" }` decides all that it matches, with another")]
    [InlineData("[|policy p for pods { egress { allow to world on 443/tcp } }|]", "NP3014", "policy `p` lets endpoints such as `pod:default/` out, but to no resolver on port 53")]
    [InlineData("service s { address 10.9.0.1; port 53/udp; backends pods }\npolicy p for any { egress { allow to any on 53/udp\n[|allow to cidr 10.9.0.1|] } }", "NP3015", "egress is never judged on `cidr 10.9.0.1`: service `s` translates it before", true)]
    [InlineData("cluster { services 10.9.0.0/16 }\npolicy p for any { egress { allow to any on 53/udp\n[|allow to cidr 10.9.1.0/24|] } }", "NP3015", "egress is never judged on `cidr 10.9.1.0/24`: the cluster's addresses for services are translated before")]
    [InlineData("[|service s { address 10.9.0.1; port 80/tcp; backends pods }|]\npolicy p for pods { ingress { allow from world on 81/tcp } }", "NP3016", "service `s` has no client: `policy p` shuts everybody out of its backends")]
    [InlineData("group a = pods where r == \"a\"\ngroup b = pods where r == \"b\"\nservice s { address 10.9.0.1; port 80/tcp; backends b }\npolicy b for b { ingress { allow from world on 80/tcp } }\npolicy a for a { egress { allow to any on 53/udp\n[|allow to service s|] } }", "NP3017", "rule lets clients out to service `s`, and `policy b` shuts them out of its backends")]
    public void What_can_hardly_be_meant_is_said_where_it_stands(string marked, string id, string message, bool hasFix = false)
    {
        var (source, span) = MarkedText.Parse(marked);

        var diagnostic = Assert.Single(Advised(source));

        // Of a statement over several lines the first is underlined.
        var line = source.LineSpan(source.PositionOf(span.Start).Line);
        Assert.Equal((id, message, TextSpan.FromBounds(span.Start, Math.Min(span.End, line.End))), (diagnostic.Id, diagnostic.Message, diagnostic.Span));
        Assert.Equal(hasFix, diagnostic.Fix is not null);
    }

    [Theory]
    [InlineData("policy p for any { ingress { allow from world log\nallow from world on 80/tcp } }")]
    [InlineData("policy p for any { ingress { allow from world on 80/tcp limit 10/s\nallow from world on 80/tcp limit 20/s } }")]
    [InlineData("policy p for any { egress { } }")]
    [InlineData("policy p for any { ingress { allow from world on 80/tcp http { GET \"/a\" }\nallow from world on 80/tcp http { GET \"/b\" } } }")]
    [InlineData("policy p for any { ingress { allow from world on 80/tcp http { GET \"/a\" }\ndeny from cidr 10.0.0.0/8\nallow from nodes | cidr 10.0.0.0/8 on 80-81/tcp } }")]
    [InlineData("policy p for any { egress { allow to any on 1-100/udp } }")]
    [InlineData("policy p for any tier admin 1 { ingress { allow from host on 80/tcp\ndeny from any - host } }")]
    [InlineData("policy p for any { ingress { allow from pods in namespace a\nallow from pods in same namespace } }")]
    public void What_may_be_meant_is_passed_over(string text) =>
        Assert.DoesNotContain(Advised(new SourceFile("a.netpol", text)), diagnostic => diagnostic.Id != "NP3007" || !text.Contains("log", StringComparison.Ordinal));

    [Fact]
    public void A_rule_that_makes_another_one_be_logged_is_not_called_superfluous() =>
        Assert.Empty(Advised(new SourceFile("a.netpol", "policy p for any { ingress { allow from world\nallow from world on 80/tcp log } }")));

    [Fact]
    public void What_one_file_opens_of_what_another_closes_is_said_with_both_places()
    {
        var closed = new SourceFile("a.netpol", "policy db for pods where app == \"db\" { ingress { allow from pods where app == \"api\" on 5432/tcp } }");
        var open = new SourceFile("b.netpol", "policy metrics for any { ingress { allow from pods where app == \"scraper\" on 9090/tcp } }");

        var diagnostics = Advised(closed, open).Where(diagnostic => diagnostic.Id == "NP3018").ToList();

        Assert.Equal(
            ["rule allows ingress that policy `metrics` of `b.netpol` alone denies", "rule allows ingress that policy `db` of `a.netpol` alone denies"],
            diagnostics.Select(diagnostic => diagnostic.Message));
        Assert.Equal([("a.netpol", "b.netpol"), ("b.netpol", "a.netpol")], diagnostics.Select(diagnostic => (diagnostic.Source?.Path, diagnostic.Related?.Source.Path)));
    }

    [Fact]
    public void A_rule_that_never_decides_is_taken_out_with_its_comments()
    {
        var source = new SourceFile("a.netpol", "policy p for any {\n    ingress {\n        allow from any\n        /// For the office.\n        allow from world on 80/tcp\n    }\n}\n");

        var (text, applied) = SourceFixes.Apply(source, Advised(source));

        Assert.Equal("policy p for any {\n    ingress {\n        allow from any\n    }\n}\n", text);
        Assert.Equal("NP3007", Assert.Single(applied).Id);
    }

    private static ImmutableArray<Diagnostic> Advised(params SourceFile[] sources)
    {
        var parsed = sources.Select(NetpolParser.Parse).ToList();
        Assert.Empty(parsed.SelectMany(result => result.Diagnostics));
        ImmutableArray<Netpol.Syntax.CompilationUnitSyntax> units = [.. parsed.Select(result => result.Unit)];
        var (model, diagnostics) = Binder.Bind(units);
        Assert.DoesNotContain(diagnostics, diagnostic => diagnostic.IsError);
        return Adviser.Advise(model, units);
    }
}
