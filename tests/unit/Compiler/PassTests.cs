using System.Collections.Immutable;
using Netpol.Bundle.Verdicts;
using Netpol.Compiler.Ir;
using Netpol.Compiler.Lowering;
using Netpol.Compiler.Passes;
using Netpol.Model;
using static Netpol.Tests.Unit.Compiler.ModelBuilder;

namespace Netpol.Tests.Unit.Compiler;

public sealed class PassTests
{
    [Fact]
    public void Simplifying_takes_constants_and_repetitions_out()
    {
        var program = Program(Allow(2, new AddressSet.Any()), Allow(3, Named("web"), Tcp(80), Tcp(80)));

        Expect(program, new SimplifyConditions(),
            before: """
                unless self in s0: allow, not isolated
                allow #1 log? when self in s0 and (true and true)
                allow #2 log? when self in s0 and (peer in s1 and ((tcp and port 80) or (tcp and port 80)))
                deny by default
                """,
            after: """
                unless self in s0: allow, not isolated
                allow #1 log? when self in s0
                allow #2 log? when self in s0 and peer in s1 and tcp and port 80
                deny by default
                """);
    }

    [Theory]
    [InlineData("a & !a", "false")]
    [InlineData("a | !a", "true")]
    [InlineData("a & (a | b)", "same namespace")]
    [InlineData("a | (a & b)", "same namespace")]
    [InlineData("!!a", "same namespace")]
    [InlineData("!(a & !a)", "true")]
    public void Simplifying_knows_the_laws_of_logic(string law, string expected)
    {
        Condition a = new Condition.SameNamespace(), b = new Condition.ProtocolIs(Protocol.Tcp);
        Condition not = new Condition.Not(a);
        var condition = law switch
        {
            "a & !a" => Condition.All(a, not),
            "a | !a" => Condition.AnyOf(a, not),
            "a & (a | b)" => Condition.All(a, Condition.AnyOf(a, b)),
            "a | (a & b)" => Condition.AnyOf(a, Condition.All(a, b)),
            "!!a" => new Condition.Not(not),
            _ => new Condition.Not(Condition.All(a, not)),
        };
        var program = Program(Allow(2, Named("web")));

        var simplified = new SimplifyConditions().Run(program with { Ingress = program.Ingress with { Isolated = condition } });

        Assert.Equal(expected, simplified.Ingress.Isolated.ToString());
    }

    [Fact]
    public void Ports_of_one_protocol_become_the_fewest_ranges()
    {
        var program = new SimplifyConditions().Run(Program(
            Allow(2, Named("web"), Tcp(80), Udp(53), Tcp(81, 90), Tcp(443)),
            Allow(3, Named("web"), Tcp(1, 65535), Tcp(0))));

        Expect(program, new MergePortRanges(),
            before: """
                unless self in s0: allow, not isolated
                allow #1 log? when self in s0 and peer in s1 and ((tcp and port 80) or (udp and port 53) or (tcp and port 81-90) or (tcp and port 443))
                allow #2 log? when self in s0 and peer in s1 and ((tcp and port 1-65535) or (tcp and port 0))
                deny by default
                """,
            after: """
                unless self in s0: allow, not isolated
                allow #1 log? when self in s0 and peer in s1 and ((tcp and (port 80-90 or port 443)) or (udp and port 53))
                allow #2 log? when self in s0 and peer in s1 and tcp
                deny by default
                """);
    }

    [Fact]
    public void A_clause_that_contradicts_itself_is_dropped()
    {
        var program = Simple(Program(Deny(2, Nobody()), Allow(3, Named("web")), Allow(4, new AddressSet.Intersection([Nobody(), Named("web")]))));

        Expect(program, new DropImpossibleClauses(),
            before: """
                unless self in s0: allow, not isolated
                deny #1 log? when false
                allow #2 log? when self in s0 and peer in s1
                allow #3 log? when false
                deny by default
                """,
            after: """
                unless self in s0: allow, not isolated
                allow #2 log? when self in s0 and peer in s1
                deny by default
                """);
    }

    [Fact]
    public void A_clause_behind_a_wider_one_is_dropped_unless_it_alone_logs()
    {
        var program = Simple(Program(
            Allow(2, Named("web")), Allow(3, Named("web"), Tcp(80)), Allow(4, Named("web"), Tcp(81)) with { IsLogged = true }, Allow(5, Named("db"))));

        Expect(program, new DropHiddenClauses(),
            before: """
                unless self in s0: allow, not isolated
                allow #1 log? when self in s0 and peer in s1
                allow #2 log? when self in s0 and peer in s1 and tcp and port 80
                allow #3 log when self in s0 and peer in s1 and tcp and port 81
                allow #4 log? when self in s0 and peer in s2
                deny by default
                """,
            after: """
                unless self in s0: allow, not isolated
                allow #1 log? when self in s0 and peer in s1
                allow #3 log when self in s0 and peer in s1 and tcp and port 81
                allow #4 log? when self in s0 and peer in s2
                deny by default
                """);
    }

    [Fact]
    public void Only_clauses_before_the_last_logged_one_ask_for_the_log()
    {
        var program = Simple(Program(Allow(2, Named("web")), Allow(3, Named("db")) with { IsLogged = true }, Allow(4, Named("ops"))));

        Expect(program, new SettleLogging(),
            before: """
                unless self in s0: allow, not isolated
                allow #1 log? when self in s0 and peer in s1
                allow #2 log when self in s0 and peer in s2
                allow #3 log? when self in s0 and peer in s3
                deny by default
                """,
            after: """
                unless self in s0: allow, not isolated
                allow #1 log? when self in s0 and peer in s1
                allow #2 log when self in s0 and peer in s2
                allow #3 when self in s0 and peer in s3
                deny by default
                """);
    }

    [Fact]
    public void The_selector_of_a_policy_is_tested_once()
    {
        var program = Simple(Lower(
            Ingress(1, "api", Named("api"), Allow(2, Named("web")), Allow(3, Named("ops"))), Ingress(4, "db", Named("db"), Allow(5, Named("api")))));

        Expect(program, new ShareSelectors(),
            before: """
                unless self in s0 or self in s1: allow, not isolated
                allow #1 log? when self in s0 and peer in s2
                allow #2 log? when self in s0 and peer in s3
                allow #3 log? when self in s1 and peer in s0
                deny by default
                """,
            after: """
                unless self in s0 or self in s1: allow, not isolated
                if self in s0
                    allow #1 log? when peer in s2
                    allow #2 log? when peer in s3
                if self in s1
                    allow #3 log? when peer in s0
                deny by default
                """);
    }

    [Fact]
    public void Sets_that_nobody_asks_for_lose_their_number()
    {
        var program = new DropHiddenClauses().Run(Simple(Program(
            Allow(2, Named("web")), Allow(3, new AddressSet.Intersection([Named("web"), new AddressSet.Pods(new NamespaceScope.Same(), null)])), Deny(4, Named("ops")))));
        program = program with { Ingress = program.Ingress.Lists(list => list.Stage == RuleStage.Allow ? [] : list.Steps) };

        Expect(program, new DropUnusedSets(),
            before: """
                unless self in s0: allow, not isolated
                deny #3 log? when self in s0 and peer in s2
                deny by default
                """,
            after: """
                unless self in s0: allow, not isolated
                deny #3 log? when self in s0 and peer in s1
                deny by default
                """);
        Assert.Equal(["api", "ops"], new DropUnusedSets().Run(program).Sets.Select(set => set.Title));
    }

    private static AddressSet Nobody() => new AddressSet.Difference(Named("web"), new AddressSet.Any());

    private static DecisionProgram Program(params ImmutableArray<Rule> rules) => Lower(Ingress(1, "api", Named("api"), rules));

    private static DecisionProgram Lower(params ImmutableArray<Policy> policies) => ModelLowering.Lower(Of(policies));

    private static DecisionProgram Simple(DecisionProgram program) => new SimplifyConditions().Run(program);

    private static void Expect(DecisionProgram program, IPass pass, string before, string after)
    {
        Assert.Equal(before.ReplaceLineEndings("\n"), Text(program));
        Assert.Equal(after.ReplaceLineEndings("\n"), Text(pass.Run(program)));
    }

    // The ingress without its title, indentation of the whole and origins.
    private static string Text(DecisionProgram program) => string.Join('\n', IrPrinter.Print(program.Ingress)
        .TrimEnd('\n').Split('\n')[1..]
        .Select(line => line[4..].Split("   // ")[0]));
}
