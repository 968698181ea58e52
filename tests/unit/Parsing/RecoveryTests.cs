using Netpol.Parsing;
using Netpol.Syntax;
using Netpol.Text;

namespace Netpol.Tests.Unit.Parsing;

public sealed class RecoveryTests
{
    [Fact]
    public void Every_mistake_of_a_file_is_reported_and_all_else_is_read()
    {
        var source = new SourceFile("a.netpol", """
            group a = (b | c
            group b = any &
            policy p for any {
                ingress {
                    allow from x on 8080
                    alow from y
                    allow from z on 80/tcp
                    allow from 10.0.0.0/8
                }
            }
            group c = pods where x
            group d = any
            """);

        var (unit, diagnostics) = NetpolParser.Parse(source);

        Assert.Equal(
            ["1:11 NP1010", "2:16 NP1001", "5:25 NP1014", "6:9 NP1023", "8:20 NP1027", "11:23 NP1001"],
            diagnostics.Select(diagnostic => $"{source.PositionOf(diagnostic.Span.Start)} {diagnostic.Id}"));
        var policy = Assert.Single(unit.Statements.OfType<PolicySyntax>());
        Assert.Single(policy.Blocks[0].Rules);
        Assert.True(policy.IsDamaged);
        Assert.Equal("d", Assert.Single(unit.Statements.OfType<GroupSyntax>()).Name.Value);
    }

    [Fact]
    public void A_forgotten_brace_ends_where_the_next_declaration_begins()
    {
        var source = new SourceFile("a.netpol", "policy p for any {\n  ingress {\n    allow from any\n\ngroup a = any\n");

        var (unit, diagnostics) = NetpolParser.Parse(source);

        Assert.Equal("NP1010", Assert.Single(diagnostics).Id);
        Assert.Equal(["PolicySyntax", "GroupSyntax"], unit.Statements.Select(statement => statement.GetType().Name));
    }

    [Fact]
    public void The_blocks_of_a_policy_with_a_wrong_head_are_checked_too()
    {
        var source = new SourceFile("a.netpol", "policy p on any {\n  ingress {\n    alow from any\n  }\n}\n");

        var (_, diagnostics) = NetpolParser.Parse(source);

        Assert.Equal(["NP1001", "NP1023"], diagnostics.Select(diagnostic => diagnostic.Id));
    }

    [Fact]
    public void A_declaration_that_does_not_parse_leaves_its_name()
    {
        var source = new SourceFile("a.netpol", "group a = any &\ngroup b = any\n");

        var (unit, _) = NetpolParser.Parse(source);

        var incomplete = Assert.Single(unit.Statements.OfType<IncompleteSyntax>());
        Assert.Equal(("group", "a"), (incomplete.Kind.Value, incomplete.Name.Value));
    }

    [Fact]
    public void A_bracket_forgotten_in_a_rule_costs_that_rule()
    {
        var source = new SourceFile("a.netpol", "policy p for any {\n  ingress {\n    allow from (a | b\n    allow from c\n  }\n}\n");

        var (unit, diagnostics) = NetpolParser.Parse(source);

        Assert.Equal("NP1010", Assert.Single(diagnostics).Id);
        Assert.Single(unit.Statements.OfType<PolicySyntax>().Single().Blocks[0].Rules);
    }
}
