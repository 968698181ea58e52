using System.Collections.Immutable;
using Netpol.Bench.Compile;
using Netpol.Binding;
using Netpol.Compiler.Ir;
using Netpol.Compiler.Lowering;
using Netpol.Compiler.Passes;
using Netpol.Model;
using Netpol.Parsing;
using Netpol.Text;
using static Netpol.Tests.Unit.Compiler.ModelBuilder;

namespace Netpol.Tests.Unit.Growth;

/// <summary>A rule more costs the same however many there are. Counted in comparisons and bytes, never in time.</summary>
public sealed class WorkPerRuleTests
{
    [Fact]
    public void Parsing_a_rule_takes_few_kilobytes()
    {
        long Parsed(int rules)
        {
            var source = new SourceFile("large.netpol", LargePolicy.Text(rules));
            return Allocation.Of(() => NetpolParser.Parse(source));
        }

        var (some, many) = (Parsed(500), Parsed(4000));

        Assert.InRange((many - some) / 3500, 0, 8 * 1024);
    }

    [Fact]
    public void A_group_is_normalised_and_spelled_once_however_many_rules_name_it()
    {
        AddressSet office = new AddressSet.Named("office", Cidr([.. Enumerable.Range(0, 500).Select(part => $"10.{part / 250}.{part % 250}.0/24")]));
        long Lowered(int rules)
        {
            var model = Of(Ingress(1, "p", Pods("a"), [.. Enumerable.Range(1, rules).Select(port => Allow(port + 1, office with { }, Tcp((ushort)port)))]));
            return Allocation.Of(() => ModelLowering.Lower(model));
        }

        var (some, many) = (Lowered(400), Lowered(1600));

        // Written out, the group has 7 kilobytes of text alone.
        Assert.InRange((many - some) / 1200, 0, 4 * 1024);
    }

    [Fact]
    public void A_clause_is_compared_with_those_that_could_hide_it_and_not_with_all_of_its_policy()
    {
        const int rules = 2000;
        var clauses = Enumerable.Range(0, rules).Select(rule => ImmutableArray.Create<Condition>(
            new Condition.SelfIn(new SetId(0)), new Condition.PeerIn(new SetId(1 + (rule % 50))), new Condition.ProtocolIs(Protocol.Tcp),
            new Condition.PortIn((ushort)rule, (ushort)rule)));
        var earlier = EarlierClauses.Of(clauses);

        for (var rule = 0; rule < rules; rule++)
        {
            Assert.False(earlier.Hide(rule, isLogged: false));
            earlier.Add(rule, isLogged: false);
        }

        Assert.InRange(earlier.Comparisons, 0, 4 * rules);
    }

    [Fact]
    public void Sharing_a_selector_copies_no_clause_twice()
    {
        long Shared(int rules)
        {
            var program = ModelLowering.Lower(Of(Ingress(1, "p", Pods("a"), [.. Enumerable.Range(1, rules).Select(port => Allow(port + 1, Pods("b"), Tcp((ushort)port)))])));
            return Allocation.Of(() => new ShareSelectors().Run(program));
        }

        var (some, many) = (Shared(1000), Shared(4000));

        Assert.InRange((many - some) / 3000, 0, 2 * 1024);
    }

    [Fact]
    public void Unknown_names_are_compared_with_known_ones_a_bounded_number_of_times()
    {
        const int names = 3000;
        var text = string.Concat(Enumerable.Range(0, names).Select(name => $"group g{name} = h{name} | any\n"));
        var (unit, _) = NetpolParser.Parse(new SourceFile("t.netpol", text));

        var (_, diagnostics) = Binder.Bind([unit]);

        Assert.Equal(names, diagnostics.Length);
        Assert.Equal("g0", diagnostics[0].Fix?.Replacement);
        Assert.Null(diagnostics[^1].Fix);
        Assert.InRange(diagnostics.Count(diagnostic => diagnostic.Fix is not null), 1, 1_000_000 / names);
    }
}
