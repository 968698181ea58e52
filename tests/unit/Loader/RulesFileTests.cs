using System.Text.Json;
using Netpol.Bundle;
using Netpol.Loader.State;

namespace Netpol.Tests.Unit.Loader;

public sealed class RulesFileTests
{
    [Fact]
    public void A_manifest_comes_back_from_the_first_and_what_changed_since()
    {
        var first = Manifests.Of([]);
        var next = first with
        {
            Digest = "second",
            Verdicts = first.Verdicts with { Digest = "terms" },
            Sources = ["a.netpol", "b.netpol"],
            Policies = [new PolicyEntry("p", 0, true, false, "b.netpol", 3, 1)],
            Rules = [new RuleEntry(7, "deny", "egress", "p", true, "b.netpol", 4, 5, "deny to any")],
        };

        var read = RulesFile.Read(RulesFile.Write(next), first);

        Assert.Equal(JsonSerializer.Serialize(next, ManifestJson.Default.Manifest), JsonSerializer.Serialize(read, ManifestJson.Default.Manifest));
        var content = RulesFile.Write(next);
        Assert.Throws<InvalidDataException>(() => RulesFile.Read(content[..^3], first));
        content[0]++;
        Assert.Throws<InvalidDataException>(() => RulesFile.Read(content, first));
    }
}
