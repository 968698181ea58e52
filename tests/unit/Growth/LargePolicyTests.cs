using Netpol.Bench.Compile;
using Netpol.Binding;
using Netpol.Parsing;
using Netpol.Text;

namespace Netpol.Tests.Unit.Growth;

public sealed class LargePolicyTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(100)]
    [InlineData(1010)]
    public void A_made_up_policy_has_as_many_rules_as_asked_for_and_no_mistake(int rules)
    {
        var (unit, parsing) = NetpolParser.Parse(new SourceFile("large.netpol", LargePolicy.Text(rules)));
        var (model, binding) = Binder.Bind([unit]);

        Assert.Empty(parsing);
        Assert.Empty(binding);
        Assert.Equal(rules, model.Policies.Sum(policy => policy.Blocks.Sum(block => block.Rules.Length)));
    }

    [Fact]
    public void The_seed_alone_says_what_is_in_it()
    {
        Assert.Equal(LargePolicy.Text(300, seed: 7), LargePolicy.Text(300, seed: 7));
        Assert.NotEqual(LargePolicy.Text(300, seed: 7), LargePolicy.Text(300, seed: 8));
    }
}
