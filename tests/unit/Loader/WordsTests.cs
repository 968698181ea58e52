using Netpol.Bundle;
using Netpol.Observe;

namespace Netpol.Tests.Unit.Loader;

public sealed class WordsTests
{
    [Fact]
    public void Every_reason_has_a_word_of_its_own_and_a_sentence()
    {
        var reasons = Enum.GetValues<Reason>();

        var names = reasons.Select(Words.NameOf).ToArray();

        Assert.Equal(reasons.Length, names.Distinct().Count());
        Assert.All(names, name => Assert.Matches("^[a-z]+(-[a-z]+)*$", name));
        Assert.All(reasons, reason => Assert.NotEmpty(Words.SentenceOf(reason)));
    }

    [Fact]
    public void A_dropped_packet_is_one_line_with_the_rules_place()
    {
        ObservedEndpoint web = new(1, "web-1", "shop", null, "c1");
        Observation observation = new(
            "2026-01-02T03:04:05.678901Z", "deny", "rule", "deny from web on 22/tcp (policy api)", "ingress", "shop.netpol:9:5",
            "deny from web on 22/tcp", "api", [], null, web, "fd00::1", "10.0.0.2", "tcp", 4000, 22, null, null, "SYN", null, null, 60,
            false, false, false, "drop", 3, 1);

        var line = ObservationText.Of(observation);

        Assert.Equal(
            "03:04:05.678 deny   ingress shop/web-1 [fd00::1]:4000 -> 10.0.0.2:22 tcp: deny from web on 22/tcp (policy api) [shop.netpol:9:5]",
            line);
    }
}
