using System.Globalization;
using Netpol.Bench.Compile;
using Netpol.Compiler.Backends;
using Netpol.Compiler.Compilation;
using Netpol.Compiler.Layout;
using Netpol.Parsing;
using Netpol.Text;

namespace Netpol.Tests.Unit.Compiler;

/// <summary>Code or tables: what was weighed, what came of it, and that it is what the code takes.</summary>
public sealed class VerdictWeighingTests
{
    [Theory]
    [InlineData(1, false)]
    [InlineData(40, false)]
    [InlineData(120, true)]
    [InlineData(1000, true)]
    public void Few_rules_are_code_and_many_are_tables_where_the_faster_is_asked_for(int rules, bool areTables)
    {
        var output = Compile(Rules(rules), VerdictChoice.Fastest);

        Assert.Equal(areTables, output.Layout.Verdicts.AreTables);
        Assert.Contains(
            areTables ? "\nweighed: a first packet takes 4 look-ups in tables and at most " : "verdicts: in code, because a first packet takes at most ", output.Listing,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1, "code would be faster, and tables change in place")]
    [InlineData(1000, "tables are faster, and change in place")]
    public void Rules_change_in_place_unless_the_faster_is_asked_for(int rules, string reason)
    {
        var output = Compile(Rules(rules), VerdictChoice.Auto);

        Assert.True(output.Layout.Verdicts.AreTables);
        Assert.Contains(reason, output.Listing, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(30)]
    [InlineData(200)]
    public void What_is_predicted_of_code_is_what_code_costs(int rules)
    {
        var terms = Compile(Rules(rules), VerdictChoice.Auto).Layout.Verdicts.Terms!;
        var code = InstructionCost.Of(Compile(Rules(rules), VerdictChoice.Code).Program, out _);

        var predicted = VerdictWeighing.Of(terms).Instructions;

        // Besides the rules, code asks who is isolated.
        Assert.InRange(predicted, (code * 95 / 100) - 16, code * 105 / 100);
    }

    [Fact]
    public void A_large_policy_is_tables_whatever_its_rules_ask_for() =>
        Assert.True(Compile(LargePolicy.Text(2000), VerdictChoice.Fastest).Layout.Verdicts.AreTables);

    private static CompilationOutput Compile(string text, VerdictChoice choice)
    {
        var (unit, diagnostics) = NetpolParser.Parse(new SourceFile("a.netpol", text));
        var result = NetpolCompiler.Compile([unit], diagnostics, choice);
        return result.Output ?? throw new InvalidOperationException(string.Join('\n', result.Diagnostics));
    }

    private static string Rules(int count) => "policy p for pods where app == \"a\" { ingress {\n"
        + string.Concat(Enumerable.Range(0, count).Select(rule => string.Create(CultureInfo.InvariantCulture, $"allow from cidr 192.0.{rule / 200}.{rule % 200} on {1000 + rule}/tcp\n")))
        + "} }\n";
}
