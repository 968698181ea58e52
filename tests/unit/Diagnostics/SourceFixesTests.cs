using System.Collections.Immutable;
using Netpol.Binding;
using Netpol.Diagnostics;
using Netpol.Parsing;
using Netpol.Text;

namespace Netpol.Tests.Unit.Diagnostics;

public sealed class SourceFixesTests
{
    private static readonly DiagnosticDescriptor Rule = new("NP9001", Severity.Error, "odd", "Look at it.");

    [Theory]
    [InlineData("group a = pods\npolicy p for a { ingress { allow from any on 8080 } }", "NP1014", "8080/tcp")]
    [InlineData("ports p = 90-80/tcp", "NP1017", "80-90/tcp")]
    [InlineData("group a = pods where app == web", "NP1020", "\"web\"")]
    [InlineData("group a = pods where app = \"web\"", "NP1021", "==")]
    [InlineData("group any = pods", "NP1022", "\"any\"")]
    [InlineData("grop a = pods\ngroup b = a", "NP1023", "group")]
    [InlineData("group a = 10.0.0.0/8", "NP1027", "cidr 10.0.0.0/8")]
    [InlineData("namespace n { a == \"b\" }", "NP1026", "=")]
    [InlineData("group a = world -host", "NP1013", " - ")]
    [InlineData("group frontend = pods\ngroup a = frontned", "NP2002", "frontend")]
    [InlineData("group \"büro-1\" = pods\ngroup a = \"buro-1\"", "NP2002", "\"büro-1\"")]
    [InlineData("ports web-ports = 80/tcp\npolicy p for any { ingress { allow from any on web-prots } }", "NP2003", "web-ports")]
    [InlineData("group a = cidr 10.1.0.0/8", "NP2008", "10.0.0.0/8")]
    [InlineData("group a = cidr fd00::1/64", "NP2008", "fd00::/64")]
    [InlineData("policy p for any { ingress { allow to any } }", "NP2014", "from")]
    [InlineData("policy p for any { ingress { allow from any on icmp(echo-requst) } }", "NP2015", "echo-request")]
    public void A_fixed_mistake_is_gone_and_no_fix_is_offered_again(string text, string id, string replacement)
    {
        var source = new SourceFile("a.netpol", text + "\n");
        var found = Check(source);

        var (after, applied) = SourceFixes.Apply(source, found);

        var diagnostic = Assert.Single(applied);
        Assert.Equal((id, replacement), (diagnostic.Id, diagnostic.Fix?.Replacement));
        Assert.Empty(Check(new SourceFile("a.netpol", after)));
    }

    [Fact]
    public void Of_fixes_that_overlap_the_first_is_applied()
    {
        var source = new SourceFile("a.netpol", "0123456789");
        var other = new SourceFile("b.netpol", "0123456789");
        ImmutableArray<Diagnostic> found =
        [
            Fix(source, 6, 2, "C"), Fix(source, 1, 3, "A"), Fix(source, 3, 2, "B"), Fix(source, 4, 0, "D"), Fix(other, 0, 1, "E"),
            Rule.At(source, new TextSpan(9, 1)), Rule.Nowhere(), Fix(source, 10, 0, "F"),
        ];

        var (text, applied) = SourceFixes.Apply(source, found);

        Assert.Equal("0A45C89F", text);
        Assert.Equal(["A", "C", "F"], applied.Select(diagnostic => diagnostic.Fix?.Replacement));
    }

    [Fact]
    public void Without_fixes_the_text_stays()
    {
        var source = new SourceFile("a.netpol", "group a = b\n");

        var (text, applied) = SourceFixes.Apply(source, []);

        Assert.Equal("group a = b\n", text);
        Assert.Empty(applied);
    }

    private static Diagnostic Fix(SourceFile source, int start, int length, string replacement) =>
        Rule.At(source, new TextSpan(start, length)).WithFix(replacement);

    private static ImmutableArray<Diagnostic> Check(SourceFile source)
    {
        var (unit, parsing) = NetpolParser.Parse(source);
        return [.. parsing, .. Binder.Bind([unit]).Diagnostics];
    }
}
