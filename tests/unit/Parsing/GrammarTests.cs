using Netpol.Formatting;
using Netpol.Parsing;
using Netpol.Syntax;
using Netpol.Text;

namespace Netpol.Tests.Unit.Parsing;

public sealed class GrammarTests
{
    [Fact]
    public void The_whole_language_parses()
    {
        var source = new SourceFile("tour.netpol", Tour.Text);

        var (unit, diagnostics) = NetpolParser.Parse(source);

        Assert.Empty(diagnostics);
        Assert.Equal(31, unit.Statements.Length);
    }

    [Fact]
    public void The_tour_has_every_kind_of_syntax()
    {
        var kinds = typeof(SyntaxNode).Assembly.GetTypes()
            .Where(type => type is { IsAbstract: false } && type.IsSubclassOf(typeof(SyntaxNode)))
            .Except([typeof(IncompleteSyntax), typeof(CompilationUnitSyntax)]);
        var source = new SourceFile("tour.netpol", Tour.Text);

        var seen = new HashSet<Type>();
        Collect(NetpolParser.Parse(source).Unit, seen);

        Assert.Empty(kinds.Where(kind => !seen.Contains(kind)).Select(kind => kind.Name));
    }

    [Theory]
    [InlineData("a |\nb", "a | b")]
    [InlineData("a\n| b", "a | b")]
    [InlineData("(a\n | b\n)", "a | b")]
    [InlineData("a -\n b", "a - b")]
    [InlineData("cidr 10.0.0.0/8,\n  fd00::/8\n  except 10.1.0.0/16", "cidr 10.0.0.0/8, fd00::/8 except 10.1.0.0/16")]
    [InlineData("pods where x == \"a\"\n  and not has b", "pods where x == \"a\" and not has b")]
    [InlineData("pods where x in\n (\"a\", \"b\")", "pods where x in (\"a\", \"b\")")]
    [InlineData("pods where\n not (has a or has b) and has c", "pods where not (has a or has b) and has c")]
    [InlineData("pods where not not not has a", "pods where not has a")]
    [InlineData("(((a)))", "a")]
    [InlineData("(a | b) & (c - d)", "(a | b) & (c - d)")]
    [InlineData("a-b - c.d", "a-b - c.d")]
    [InlineData("\"büro\" | \"any\" | \"policy\" | \"x\"", "\"büro\" | \"any\" | \"policy\" | x")]
    [InlineData("pods in any namespace where \"k8s.io/x\" != \"a\\\"\\\\b\"", "pods in any namespace where \"k8s.io/x\" != \"a\\\"\\\\b\"")]
    [InlineData("a /* x */ | b // y", "a | b")]
    [InlineData("any\r\n", "any")]
    [InlineData("any ;", "any")]
    public void Sets_are_read_over_the_line_breaks_that_the_language_allows(string written, string expected)
    {
        var source = new SourceFile("a.netpol", $"group g = {written}");

        var (unit, diagnostics) = NetpolParser.Parse(source);

        Assert.Empty(diagnostics);
        var group = Assert.IsType<GroupSyntax>(Assert.Single(unit.Statements));
        Assert.Equal($"group g = {expected}\n", NetpolFormatter.Print(new CompilationUnitSyntax(SourceFile.None, [new GroupSyntax("g", group.Set)])));
    }

    [Fact]
    public void A_policy_may_have_all_its_blocks_on_one_line()
    {
        var source = new SourceFile("a.netpol", "policy p for any { ingress { allow from any; deny from world } egress { } ingress open { } }");

        var (unit, diagnostics) = NetpolParser.Parse(source);

        Assert.Empty(diagnostics);
        Assert.Equal([2, 0, 0], Assert.IsType<PolicySyntax>(Assert.Single(unit.Statements)).Blocks.Select(block => block.Rules.Length));
    }

    [Fact]
    public void Words_of_the_grammar_may_be_names()
    {
        var source = new SourceFile("a.netpol", "group group = any\ngroup tier = group\npolicy audit for tier { ingress { allow from group } }");

        var (_, diagnostics) = NetpolParser.Parse(source);

        Assert.Empty(diagnostics);
    }

    [Fact]
    public void Comments_and_documentation_go_with_what_they_stand_at()
    {
        var source = new SourceFile("a.netpol", """
            // first
            /// What it is.
            /// And why.
            group a = any // behind

            policy p for a { // at the brace
                /// Rule words.
                ingress {
                    // before
                    allow from any /* inside */ on 80/tcp // after
                    // last in the block
                }
            }
            // at the end
            """);

        var (unit, diagnostics) = NetpolParser.Parse(source);

        Assert.Empty(diagnostics);
        var group = unit.Statements[0];
        Assert.Equal(("What it is.\nAnd why.", "first", "behind"), (group.Documentation, Assert.Single(group.Comments), group.TrailingComment));
        var policy = Assert.IsType<PolicySyntax>(unit.Statements[1]);
        Assert.True(policy.HasBlankLineBefore);
        var block = policy.Blocks[0];
        Assert.Equal("Rule words.", block.Documentation);
        Assert.Equal(["before", "inside"], block.Rules[0].Comments.ToArray());
        Assert.Equal("after", block.Rules[0].TrailingComment);
        Assert.Equal(["at the end"], unit.ClosingComments.ToArray());
    }

    [Fact]
    public void The_reserved_words_of_the_tokenizer_are_those_that_the_printer_quotes()
    {
        var kinds = Enum.GetNames<TokenKind>().SkipWhile(name => name != nameof(TokenKind.Any)).Select(name => name.ToLowerInvariant());

        var reserved = Names.Reserved.Where(word => Words.KindOf(word) >= TokenKind.Any);

        Assert.Equal(kinds.Order(StringComparer.Ordinal), reserved.Order(StringComparer.Ordinal));
        Assert.Equal(Names.Reserved.Count, reserved.Count());
    }

    private static void Collect(object? value, HashSet<Type> seen)
    {
        if (value is SyntaxNode node)
        {
            seen.Add(node.GetType());
        }

        if (value is System.Collections.IEnumerable items and not string)
        {
            foreach (var item in items)
            {
                Collect(item, seen);
            }
        }
        else if (value is SyntaxNode parent)
        {
            foreach (var property in parent.GetType().GetProperties().Where(property => property.GetIndexParameters().Length == 0))
            {
                Collect(property.GetValue(parent), seen);
            }
        }
    }
}
