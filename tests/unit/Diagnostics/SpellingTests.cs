using Netpol.Diagnostics;

namespace Netpol.Tests.Unit.Diagnostics;

public sealed class SpellingTests
{
    [Theory]
    [InlineData("grup", "group")]
    [InlineData("ALLOW", "allow")]
    [InlineData("alolw", "allow")]
    [InlineData("deny", "deny")]
    [InlineData("x", null)]
    [InlineData("policies", null)]
    [InlineData("", null)]
    public void The_nearest_word_is_found_where_one_is_near(string written, string? expected)
    {
        var nearest = Spelling.Nearest(written, ["group", "allow", "deny", "policy"]);

        Assert.Equal(expected, nearest);
    }
}
