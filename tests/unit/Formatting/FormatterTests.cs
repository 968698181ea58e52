using CsCheck;
using Netpol.Formatting;
using Netpol.Parsing;
using Netpol.Syntax;
using Netpol.Tests.Unit.Parsing;
using Netpol.Text;

namespace Netpol.Tests.Unit.Formatting;

public sealed class FormatterTests
{
    [Fact]
    public void A_file_is_printed_in_one_way_with_its_comments()
    {
        var source = new SourceFile("a.netpol", """
            //why
            group   a=pods where x=="1"   // here
            group b = any
            /// Doc.
            policy p for a|b { ingress { allow from a on 1/tcp,2/udp log;deny from b }  egress {} }
            // bye
            """);

        var printed = NetpolFormatter.Print(NetpolParser.Parse(source).Unit);

        Assert.Equal("""
            // why
            group a = pods where x == "1" // here

            group b = any

            /// Doc.
            policy p for a | b {
                ingress {
                    allow from a on 1/tcp, 2/udp log
                    deny from b
                }
                egress { }
            }

            // bye

            """, printed);
    }

    [Fact]
    public void Built_trees_print_without_spans()
    {
        var unit = new CompilationUnitSyntax(SourceFile.None,
        [
            new GroupSyntax("pods", new SetSyntax.Pods(
                new ScopeSyntax.One("in"), new PredicateSyntax.Not(new PredicateSyntax.Or(
                    [new PredicateSyntax.Has("app/name"), new PredicateSyntax.Equal("tier", "a\"b")])))) { Comments = ["note"] },
            new PolicySyntax("p-1", new SetSyntax.Named("pods"),
            [
                new PolicyBlockSyntax(DirectionSyntax.Egress,
                [
                    new RuleSyntax(
                        ActionSyntax.Allow, PeerWordSyntax.To, new SetSyntax.Any(),
                        [new PortSyntax.Named("dns", "udp"), new PortSyntax.Numbers(1, 9, "tcp")], []),
                ]),
            ]),
        ]);

        var printed = NetpolFormatter.Print(unit);

        Assert.Equal("""
            // note
            group "pods" = pods in namespace "in" where not (has "app/name" or tier == "a\"b")

            policy p-1 for "pods" {
                egress {
                    allow to any on port "dns"/udp, 1-9/tcp
                }
            }

            """, printed);
        Assert.Empty(NetpolParser.Parse(new SourceFile("a.netpol", printed)).Diagnostics);
    }

    [Fact]
    public void Long_lines_break_where_the_language_allows_it()
    {
        var prefixes = Enumerable.Range(0, 40).Select(i => new Spelled<string>($"10.{i}.0.0/16", default));
        var set = new SetSyntax.Union([new SetSyntax.Cidr([.. prefixes], []), .. Enumerable.Range(0, 30).Select(i => new SetSyntax.Named($"group-{i}"))]);
        var unit = new CompilationUnitSyntax(SourceFile.None, [new GroupSyntax("g", set)]);

        var printed = NetpolFormatter.Print(unit);

        Assert.All(printed.Split('\n'), line => Assert.InRange(line.Length, 0, 100));
        var (again, diagnostics) = NetpolParser.Parse(new SourceFile("a.netpol", printed));
        Assert.Empty(diagnostics);
        Assert.Equal(printed, NetpolFormatter.Print(again));
    }

    [Fact]
    public void Comments_at_the_end_of_a_block_and_in_requests_stay_where_they_are()
    {
        const string text = """
            policy p for a {
                // first
                ingress {
                    allow from a on 80/tcp log http {
                        // health
                        GET "/healthz" // for probes
                        any "/v1/**" where header "x" == "y"
                        // POST "/v2"
                    }
                    // allow from b
                }
                egress {
                    // nothing yet
                }
                // last
            }

            """;

        Assert.Equal(text, NetpolFormatter.Print(NetpolParser.Parse(new SourceFile("a.netpol", text)).Unit));
    }

    [Fact]
    public void Comments_anywhere_are_kept_and_change_nothing()
    {
        var tokens = Tour.Text;
        Gen.Int[0, int.MaxValue - 1].Sample(
            seed =>
            {
                var random = new Random(seed);
                var places = Enumerable.Range(0, tokens.Length).Where(at => tokens[at] is ' ' or '\n' && IsBetweenTokens(tokens, at)).OrderBy(_ => random.Next()).Take(8).OrderDescending().ToList();
                var text = tokens;
                foreach (var (at, number) in places.Select((at, number) => (at, number)))
                {
                    text = text.Insert(at, tokens[at] == '\n' && random.Next(2) == 0 ? $" // kept-{number}" : $" /* kept-{number} */");
                }

                var (unit, diagnostics) = NetpolParser.Parse(new SourceFile("a.netpol", text));
                var printed = NetpolFormatter.Print(unit);

                Assert.Empty(diagnostics);
                Assert.All(Enumerable.Range(0, places.Count), number => Assert.True(printed.Contains($"kept-{number}", StringComparison.Ordinal), $"seed {seed}: {number}\n{text}\n{printed}"));
                Assert.Equal(SyntaxText.Of(NetpolParser.Parse(new SourceFile("a.netpol", tokens)).Unit), SyntaxText.Of(NetpolParser.Parse(new SourceFile("a.netpol", printed)).Unit));
                AssertFixpoint(text);
            },
            iter: 300);
    }

    // Not in a comment and not in a string.
    private static bool IsBetweenTokens(string text, int at)
    {
        var line = text[(text.LastIndexOf('\n', Math.Max(0, at - 1)) + 1)..at];
        return !line.Contains("//", StringComparison.Ordinal) && line.Count(letter => letter == '"') % 2 == 0;
    }

    [Fact]
    public void The_tour_printed_is_the_tour_printed_again() => AssertFixpoint(Tour.Text);

    [Fact]
    public void A_damaged_tour_printed_is_printed_again_alike()
    {
        var text = Tour.Text;
        Gen.Select(Gen.Int[0, text.Length], Gen.Int[0, 60]).Sample(
            (start, length) => AssertFixpoint(text.Remove(start, Math.Min(length, text.Length - start))), iter: 500);
    }

    [Fact]
    public void Random_sets_print_to_what_parses_to_the_same_print() =>
        Sets(4).Sample(set => AssertFixpoint(NetpolFormatter.Print(new CompilationUnitSyntax(SourceFile.None, [new GroupSyntax("g", set)]))), iter: 2_000);

    private static void AssertFixpoint(string text)
    {
        var unit = NetpolParser.Parse(new SourceFile("a.netpol", text)).Unit;
        var printed = NetpolFormatter.Print(unit);

        var (again, diagnostics) = NetpolParser.Parse(new SourceFile("a.netpol", printed));

        Assert.Empty(diagnostics);
        Assert.Equal(printed, NetpolFormatter.Print(again));
    }

    private static Gen<SetSyntax> Sets(int depth)
    {
        var name = Gen.OneOf(Gen.Const("web"), Gen.Const("any"), Gen.Const("policy"), Gen.Const("a b"), Gen.Const("x.y-z"), Gen.Const("1a"), Gen.Const("\"\\"));
        var leaf = Gen.OneOf<SetSyntax>(
            Gen.Const<SetSyntax>(new SetSyntax.Any()),
            name.Select(value => (SetSyntax)new SetSyntax.Named(value)),
            Gen.Const<SetSyntax>(new SetSyntax.Cidr(["10.0.0.0/8", "fd00::/8"], ["10.1.0.0/16"])),
            Gen.Select(name, Predicates(2), (space, where) => (SetSyntax)new SetSyntax.Pods(new ScopeSyntax.One(space), where)),
            Predicates(2).Select(where => (SetSyntax)new SetSyntax.Pods(new ScopeSyntax.Matching(where), null)));
        if (depth == 0)
        {
            return leaf;
        }

        var parts = Sets(depth - 1).Array[2, 3];
        return Gen.OneOf(
            leaf,
            parts.Select(sets => (SetSyntax)new SetSyntax.Union([.. sets])),
            parts.Select(sets => (SetSyntax)new SetSyntax.Intersection([.. sets])),
            parts.Select(sets => (SetSyntax)new SetSyntax.Difference([.. sets])));
    }

    private static Gen<PredicateSyntax> Predicates(int depth)
    {
        var key = Gen.OneOf(Gen.Const("app"), Gen.Const("in"), Gen.Const("k8s.io/x"));
        var leaf = Gen.OneOf<PredicateSyntax>(
            key.Select(value => (PredicateSyntax)new PredicateSyntax.Has(value)),
            key.Select(value => (PredicateSyntax)new PredicateSyntax.NotEqual(value, "v")),
            key.Select(value => (PredicateSyntax)new PredicateSyntax.NotIn(value, ["a", "b"])));
        if (depth == 0)
        {
            return leaf;
        }

        var parts = Predicates(depth - 1).Array[2, 3];
        return Gen.OneOf(
            leaf,
            Predicates(depth - 1).Select(inner => (PredicateSyntax)new PredicateSyntax.Not(inner)),
            parts.Select(inner => (PredicateSyntax)new PredicateSyntax.And([.. inner])),
            parts.Select(inner => (PredicateSyntax)new PredicateSyntax.Or([.. inner])));
    }
}
