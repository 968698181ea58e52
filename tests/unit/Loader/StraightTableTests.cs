using System.Globalization;
using Netpol.Loader;
using Netpol.Loader.Tables;

namespace Netpol.Tests.Unit.Loader;

/// <summary>Which prefixes a node is told may go straight, and which it is told may not.</summary>
public sealed class StraightTableTests
{
    [Theory]
    [InlineData("pods", "", "+10.244.0.0/16 +fd00:10::/56")]
    [InlineData("", "10.244.9.0/24", "")]
    [InlineData("10.9.0.0/16", "10.9.1.0/24 10.8.0.0/16", "+10.9.0.0/16 -10.9.1.0/24")]
    [InlineData("10.9.0.0/16 10.9.1.0/24", "10.9.0.0/17", "+10.9.0.0/16 -10.9.0.0/17")]
    [InlineData("pods 10.244.0.0/16", "0.0.0.0/0", "+fd00:10::/56")]
    [InlineData("10.9.0.7", "", "+10.9.0.7/32")]
    [InlineData("::/0", "", "+::/0 -::/127 -::ffff:0:0/96 -fe80::/10 -ff00::/8")]
    [InlineData("0.0.0.0/0", "", "+0.0.0.0/0 -0.0.0.0/8 -127.0.0.0/8 -169.254.0.0/16 -224.0.0.0/3")]
    public void An_exception_holds_for_all_that_is_within_it(string straight, string viaStack, string entries)
    {
        var manifest = Manifests.Of([]) with { PodRanges = ["10.244.0.0/16", "fd00:10::/56"] };

        var found = StraightTable.Entries(manifest, new StraightDelivery([.. Words(straight)], [.. Words(viaStack)]));


        Assert.Equal(
            Words(entries).Order(StringComparer.Ordinal),
            found.Select(entry => string.Create(CultureInfo.InvariantCulture, $"{(entry.IsAllowed ? '+' : '-')}{entry.Prefix}")).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Pods_that_no_bundle_declares_are_asked_for_in_vain()
    {
        var refused = Assert.Throws<LoaderException>(() => StraightTable.Entries(Manifests.Of([]), new StraightDelivery(["pods"], [])));


        Assert.Contains("declare `cluster { pods … }`", refused.Message);
    }

    [Theory]
    [InlineData("10.9.0.1/16")]
    [InlineData("10.9.0.0/33")]
    [InlineData("fe80::1%eth0")]
    [InlineData("web")]
    [InlineData("")]
    public void What_is_no_prefix_is_refused(string text)
    {
        var refused = Assert.Throws<LoaderException>(() => StraightTable.Require(new StraightDelivery([], [text])));


        Assert.StartsWith($"`{text}` is no prefix", refused.Message);
    }

    private static string[] Words(string text) => text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
}
