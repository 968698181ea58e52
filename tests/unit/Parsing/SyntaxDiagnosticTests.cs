using Netpol.Parsing;
using Netpol.Tests.Support;

namespace Netpol.Tests.Unit.Parsing;

public sealed class SyntaxDiagnosticTests
{
    [Theory]
    [InlineData("group a [|pods|]", "NP1001", "expected `=`, found `pods`")]
    [InlineData("group a =[||]", "NP1001", "expected a set, found the end of the statement")]
    [InlineData("group a = b [|c|]", "NP1001", "expected the end of the statement, found `c`")]
    [InlineData("group a = pods in [|shop|]", "NP1001", "expected `namespace`, `any namespace`, `same` or `namespaces`, found `shop`")]
    [InlineData("policy p for a { ingress { deny [|web|] } }", "NP1001", "expected `from` or `to`, found `web`")]
    [InlineData("policy p for a { ingress { allow from web on [|log|] } }", "NP1001", "expected a port, found `log`")]
    [InlineData("policy p for a[||]", "NP1001", "expected `tier` or `{`, found the end of the statement")]
    [InlineData("service s { balance [|rr|] }", "NP1001", "expected `maglev`, `random` or `least-connections`, found `rr`")]
    [InlineData("test \"t\" { a -> b on 1/tcp[||] }", "NP1001", "expected `http`, `allow` or `deny`, found the end of the statement")]
    [InlineData("observe { flows [|2|] in 3 }", "NP1001", "expected `all` or `1 in N`, found `2`")]
    [InlineData("group a = [|%|]b", "NP1002", "`%` has no meaning here")]
    [InlineData("group a = b[|ü|]ro", "NP1002", "`ü` has no meaning here")]
    [InlineData("group a = any // x[|\u202E|]y", "NP1003", "the invisible character U+202E changes the direction of the text")]
    [InlineData("group a = [|\u2066|]any", "NP1003", "the invisible character U+2066 changes the direction of the text")]
    [InlineData("group \"a[|\u200F|]\" = any", "NP1003", "the invisible character U+200F changes the direction of the text")]
    [InlineData("group a = any[|\0|]", "NP1004", "the control character U+0000 does not belong into a text")]
    [InlineData("group a = [|\u001B|]any", "NP1004", "the control character U+001B does not belong into a text")]
    [InlineData("group a = any [|\uFFFD|]", "NP1005", "the file is not UTF-8 text")]
    [InlineData("group a = pods where x == [|\"|]web\ngroup b = any", "NP1006", "the quoted text is not closed on its line")]
    [InlineData("group a = any [|/*|] x\ngroup b = any", "NP1007", "the comment is never closed")]
    [InlineData("group \"a[|\\n|]\" = any", "NP1008", "`\\n` is no escape")]
    [InlineData("group a = [|(|]b | c\ngroup b = any", "NP1010", "`(` is never closed")]
    [InlineData("policy p for a [|{|]\n  ingress { }\ngroup b = any", "NP1010", "`{` is never closed")]
    [InlineData("group a = b[|)|]", "NP1011", "`)` closes nothing")]
    [InlineData("group a = b\n[|}|]\ngroup c = any", "NP1011", "`}` closes nothing")]
    [InlineData("policy p for a\n[|{|] ingress { } }", "NP1012", "`{` stands on a line of its own")]
    [InlineData("group a = b [|-|]c", "NP1013", "`-` needs a blank on both sides")]
    [InlineData("policy p for a { ingress { allow from b on [|8080|] } }", "NP1014", "port `8080` has no protocol")]
    [InlineData("ports p = [|10-20|]", "NP1014", "port `10-20` has no protocol")]
    [InlineData("ports p = [|1a/tcp|]", "NP1015", "`1a/tcp` is not a port")]
    [InlineData("group a = cidr [|80/tcp|]", "NP1015", "`80/tcp` is not an address or prefix")]
    [InlineData("service s { drain [|30x|] }", "NP1015", "`30x` is not a time such as `30s`")]
    [InlineData("service s { port [|1-2/tcp|] -> 3 }", "NP1015", "`1-2/tcp` is not a single port")]
    [InlineData("ports p = [|65536/tcp|]", "NP1016", "port 65536 is above 65535")]
    [InlineData("service s { port 1/tcp -> [|70000|] }", "NP1016", "port 70000 is above 65535")]
    [InlineData("ports p = [|20-10/udp|]", "NP1017", "the range `20-10/udp` ends before it begins")]
    [InlineData("ports p = 80/[|dccp|]", "NP1018", "`dccp` is no protocol with ports")]
    [InlineData("group a = b | c [|&|] d", "NP1019", "`&` after `|` needs parentheses")]
    [InlineData("group a = b - c [|||] d", "NP1019", "`|` after `-` needs parentheses")]
    [InlineData("group a = pods where app == [|web|]", "NP1020", "the value `web` is not quoted")]
    [InlineData("namespace n { app = [|web|] }", "NP1020", "the value `web` is not quoted")]
    [InlineData("group a = pods where app [|=|] \"web\"", "NP1021", "a comparison is written `==`")]
    [InlineData("group [|service|] = any", "NP1022", "`service` is a reserved word and no name")]
    [InlineData("group a = pods where [|in|] == \"x\"", "NP1022", "`in` is a reserved word and no name")]
    [InlineData("group a = any\n[|grup|] b = any", "NP1023", "`grup` begins no declaration: did you mean `group`?")]
    [InlineData("policy p for a { [|allow|] from b }", "NP1023", "`allow` begins no block of rules: expected `ingress`, `egress`")]
    [InlineData("observe { [|everything|] }", "NP1023", "`everything` begins no line of observe: expected `drops`, `flows`")]
    [InlineData("[|apiVersion:|] v1\nkind: Pod", "NP1024", "this does not look like a .netpol file: no line of it begins a declaration")]
    [InlineData("namespace n { app [|==|] \"web\" }", "NP1026", "a label is given with `=`")]
    [InlineData("policy p for a { ingress { allow from [|10.0.0.0/8|] } }", "NP1027", "`10.0.0.0/8` alone is no set")]
    public void A_mistake_is_reported_once_and_where_it_is(string marked, string id, string message)
    {
        var (source, span) = MarkedText.Parse(marked);

        var (_, diagnostics) = NetpolParser.Parse(source);

        var diagnostic = Assert.Single(diagnostics);
        Assert.Equal((id, message, span), (diagnostic.Id, diagnostic.Message, diagnostic.Span));
    }

    [Theory]
    [InlineData("ports p = [|8080|]", "8080/tcp")]
    [InlineData("ports p = [|20-10/udp|]", "10-20/udp")]
    [InlineData("group a = b [|-|]c", " - ")]
    [InlineData("group a = pods where app == [|web|]", "\"web\"")]
    [InlineData("group a = pods where app [|=|] \"web\"", "==")]
    [InlineData("group [|service|] = any", "\"service\"")]
    [InlineData("group a = [|10.0.0.0/8|]", "cidr 10.0.0.0/8")]
    [InlineData("group b = any\n[|grup|] a = any", "group")]
    [InlineData("namespace n { app [|==|] \"web\" }", "=")]
    public void The_suggested_fix_makes_the_file_right(string marked, string replacement)
    {
        var (source, span) = MarkedText.Parse(marked);

        var fix = Assert.Single(NetpolParser.Parse(source).Diagnostics).Fix;

        Assert.NotNull(fix);
        Assert.Equal((span, replacement), (fix.Span, fix.Replacement));
        var mended = source.Text.Remove(fix.Span.Start, fix.Span.Length).Insert(fix.Span.Start, fix.Replacement);
        Assert.Empty(NetpolParser.Parse(new(source.Path, mended)).Diagnostics);
    }
}
