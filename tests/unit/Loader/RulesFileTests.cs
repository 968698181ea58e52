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

    [Fact]
    public void Digests_that_come_later_are_put_where_they_would_have_been()
    {
        var first = Manifests.Of([]);
        var next = first with { Digest = "", Verdicts = first.Verdicts with { Digest = "" }, Sources = ["a.netpol"] };
        var whole = next with { Digest = new string('a', 64), Verdicts = next.Verdicts with { Digest = new string('b', 64) } };
        var file = Path.GetTempFileName();
        File.WriteAllBytes(file, RulesFile.Write(next));
        var before = RulesFile.Read(File.ReadAllBytes(file), first);

        RulesFile.Seal(file, whole);
        var after = File.ReadAllBytes(file);
        File.Delete(file);

        Assert.Equal(("", ""), (before.Digest, before.Verdicts.Digest));
        Assert.Equal(RulesFile.Write(whole), after);
    }
}
