using Netpol.Testing;

namespace ShopPolicy.Tests;

/// <summary>What the policy means: no kernel, no root.</summary>
public sealed class PolicyTests
{
    private static readonly PolicyUnderTest Policy = PolicyUnderTest.OfBundle(PolicyBundle.DefaultFolder);

    [Theory]
    [InlineData("pod:shop/app=web", "pod:shop/app=api", "8080/tcp", true)]
    [InlineData("pod:shop/app=web", "pod:shop/app=api", "8081/tcp", false)]
    [InlineData("pod:shop/app=web", "pod:shop/app=db", "5432/tcp", false)]
    [InlineData("pod:shop/app=api", "pod:shop/app=db", "5432/tcp", true)]
    [InlineData("pod:other/app=web", "pod:shop/app=api", "8080/tcp", false)]
    [InlineData("203.0.113.9", "pod:shop/app=web", "443/tcp", true)]
    public void OnlyWhatTheShopNeedsIsAllowed(string from, string to, string port, bool isAllowed)
    {
        var decision = Policy.Evaluate(from, to, port);

        Assert.True(decision.IsAllowed == isAllowed, $"{decision}");
    }

    [Fact]
    public void AVerdictNamesItsRule()
    {
        var decision = Policy.Evaluate("pod:shop/app=api", "pod:shop/app=db", "5432/tcp");

        Assert.Equal(PolicyBundle.RuleOf(PolicyBundle.Rules.ApiEgress1)!.Place, decision.Egress.Rule);
    }

    /// <summary>A change of policy shows in review, whoever made it.</summary>
    [Fact]
    public void Decisions() => Snapshot.Verify(BundleText.Decisions(PolicyBundle.DefaultFolder));
}
