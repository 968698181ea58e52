using Netpol.Compiler.Compilation;
using Netpol.Parsing;
using Netpol.Text;

namespace Netpol.Tests.Unit.Compiler.Sessions;

public sealed class RuleIdTests
{
    private readonly CompilationSession _session = new();

    [Fact]
    public void Rules_that_stay_keep_their_ids_and_what_comes_is_numbered_between_them()
    {
        var before = Ids("allow from a", "allow from b", "allow from c");
        var after = Ids("allow from a", "allow from b on 1/tcp", "allow from b", "allow from c");

        Assert.Equal([before[0], before[1], before[2]], [after[0], after[2], after[3]]);
        Assert.InRange(after[1], before[0] + 1, before[1] - 1);
    }

    [Fact]
    public void A_rule_that_is_only_written_otherwise_is_the_same_rule()
    {
        var before = Ids("allow from a on 1/tcp, 2/tcp", "allow from b");

        var after = Ids("/// Asked for by its owners.", "allow   from a on 1-2/tcp", "allow from b // still");

        Assert.Equal(before, after);
    }

    [Fact]
    public void The_same_rule_may_be_rewritten_for_ever()
    {
        var before = Ids("allow from a", "allow from b", "allow from c");

        for (var port = 1; port < 100; port++)
        {
            var after = Ids("allow from a", $"allow from b on {port}/tcp", "allow from c");
            Assert.Equal((before[0], before[2]), (after[0], after[2]));
            Assert.InRange(after[1], before[0] + 1, before[2] - 1);
        }
    }

    [Fact]
    public void Of_rules_that_change_places_all_but_one_keep_their_ids()
    {
        var before = Ids("allow from a", "allow from b", "allow from c", "allow from d");

        var after = Ids("allow from b", "allow from c", "allow from d", "allow from a");

        Assert.Equal(before[1..], after[..3]);
        Assert.True(after[3] > after[2]);
    }

    [Fact]
    public void Where_no_id_is_left_between_neighbours_all_rules_are_numbered_anew_and_the_session_says_so()
    {
        List<string> rules = ["allow from a", "allow from b"];
        Compile([.. rules]);
        var renumbered = 0;

        for (var port = 1; port <= 20; port++)
        {
            rules.Insert(1, $"allow from c on {port}/udp");
            var result = Compile([.. rules]);
            var ids = IdsOf(result);
            Assert.Equal(ids.Order().Distinct(), ids);
            renumbered += result.IsRenumbered ? 1 : 0;
        }

        Assert.InRange(renumbered, 1, 10);
    }

    [Fact]
    public void The_first_compilation_after_a_mistake_keeps_ids()
    {
        var before = Ids("allow from a", "allow from b");
        Assert.Null(Compile("allow from a", "allow from").Output);

        Assert.Equal(before, Ids("allow from a", "allow from b"));
    }

    [Fact]
    public void A_build_numbers_rules_without_gaps()
    {
        var (unit, diagnostics) = NetpolParser.Parse(Source("allow from a", "allow from b"));

        var output = NetpolCompiler.Compile([unit], diagnostics).Output;

        Assert.Equal([1, 2], output?.Scope.Rules.Select(rule => rule.Id));
        Assert.Equal(3, output?.Layout.Capacities.Rules);
    }

    private static SourceFile Source(params string[] rules) => new(
        "p.netpol",
        string.Concat("abcd".Select(name => $"group {name} = pods where app == \"{name}\"\n")) + $"policy p for a {{\n    ingress {{\n{string.Join('\n', rules)}\n    }}\n}}\n");

    private static int[] IdsOf(SessionResult result) => [.. result.Output?.Scope.Rules.Select(rule => rule.Id) ?? []];

    private int[] Ids(params string[] rules) => IdsOf(Compile(rules));

    private SessionResult Compile(params string[] rules) => _session.Compile(parse =>
    {
        var (unit, diagnostics) = parse(Source(rules));
        return ([unit], diagnostics);
    });
}
