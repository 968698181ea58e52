using System.Diagnostics;
using CsCheck;
using Netpol.Binding;
using Netpol.Parsing;
using Netpol.Text;

namespace Netpol.Tests.Unit.Parsing;

public sealed class RobustnessTests
{
    private static readonly string[] Pieces =
    [
        "group ", "policy ", "for ", "pods ", "where ", "in ", "namespace ", "{", "}", "(", ")", "\n", ";", ",", " | ", " & ", " - ", "-", "->",
        "= ", "== ", "!=", "\"x\"", "\"", "a ", "b.c-d ", "80/tcp ", "10.0.0.0/8 ", "fd00::/8", "8080 ", "//", "///", "/*", "*/", "ingress ",
        "egress ", "allow ", "deny ", "from ", "to ", "on ", "any ", "not ", "has ", "cidr ", "except ", "service ", "test ", "import ", "http ",
        "limit ", "log ", "\t", "\r", "é", "😀", "\u202E", "\0", "\\", "pod ", "icmp(", "port ", "cluster ", "observe ", "drops all", "tier admin 1",
    ];

    [Fact]
    public void Any_bytes_are_read_without_an_exception() =>
        Gen.Byte.Array[0, 400].Sample(bytes => Read(SourceFile.FromUtf8("a.netpol", bytes)), iter: 3_000);

    [Fact]
    public void Any_sequence_of_the_languages_pieces_is_read_without_an_exception() =>
        Gen.OneOf([.. Pieces.Select(piece => Gen.Const(piece))]).Array[0, 80].Sample(pieces => Read(new SourceFile("a.netpol", string.Concat(pieces))), iter: 6_000);

    [Fact]
    public void A_valid_file_with_a_piece_cut_out_is_read_without_an_exception()
    {
        var text = Tour.Text;
        Gen.Select(Gen.Int[0, text.Length], Gen.Int[0, 40]).Sample(
            (start, length) => Read(new SourceFile("a.netpol", text.Remove(start, Math.Min(length, text.Length - start)))), iter: 1_000);
    }

    public static TheoryData<string, string, string> Extremes => new()
    {
        { "one name of 10 MB", new string('a', 10_000_000), "NP1025" },
        { "one set of 10 MB", "group g = " + string.Concat(Enumerable.Repeat("a | ", 2_500_000)) + "a", "NP1028" },
        { "10 MB of noise", "group g = " + new string('%', 10_000_000), "NP1002" },
        { "10,000 open brackets", "group g = " + new string('(', 10_000), "NP1009" },
        { "10,000 nested brackets", "group g = " + new string('(', 10_000) + "any" + new string(')', 10_000), "NP1009" },
        { "NULs", "group g = \0\0\0\0 any", "NP1004" },
        { "an unterminated string of 10 MB", "group g = pods where a == \"" + new string('x', 10_000_000), "NP1006" },
        { "an unterminated comment of 10 MB", "group g = any /*" + new string('x', 10_000_000), "NP1007" },
    };

    [Theory]
    [MemberData(nameof(Extremes))]
    public void Extreme_input_gives_one_diagnostic_soon(string name, string text, string id)
    {
        var source = new SourceFile("a.netpol", text);

        var watch = Stopwatch.StartNew();
        var (_, diagnostics) = NetpolParser.Parse(source);

        Assert.Equal((name, id), (name, Assert.Single(diagnostics).Id));
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(60), $"took {watch.Elapsed}");
    }

    [Fact]
    public void A_line_of_a_million_nots_is_read()
    {
        var source = new SourceFile("a.netpol", "group g = pods where " + string.Concat(Enumerable.Repeat("not ", 900_000)) + "has x");

        var (_, diagnostics) = NetpolParser.Parse(source);

        Assert.Empty(diagnostics);
    }

    [Fact]
    public void Ten_thousand_rules_are_read_and_bound_fast()
    {
        var rules = string.Concat(Enumerable.Range(0, 10_000).Select(
            i => $"    allow from pods in namespace n{i} where app == \"a{i}\" on {i}/tcp, port http log\n"));
        var source = new SourceFile("a.netpol", $"policy p for any {{\n  ingress {{\n{rules}  }}\n}}\n");
        NetpolParser.Parse(source);

        var watch = Stopwatch.StartNew();
        var (unit, diagnostics) = NetpolParser.Parse(source);
        var (model, bindingDiagnostics) = Binder.Bind([unit]);

        Assert.Empty(diagnostics.AddRange(bindingDiagnostics));
        Assert.Equal(10_000, model.Policies[0].Blocks[0].Rules.Length);
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(15), $"took {watch.Elapsed}");
    }

    private static void Read(SourceFile source)
    {
        var (unit, diagnostics) = NetpolParser.Parse(source);
        var (_, bindingDiagnostics) = Binder.Bind([unit]);
        foreach (var diagnostic in diagnostics.AddRange(bindingDiagnostics))
        {
            Assert.InRange(diagnostic.Span.Start, 0, source.Text.Length);
            Assert.InRange(diagnostic.Span.End, diagnostic.Span.Start, source.Text.Length);
            Assert.DoesNotContain('\n', diagnostic.ToString());
        }
    }
}
