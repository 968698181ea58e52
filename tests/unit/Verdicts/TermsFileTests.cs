using Netpol.Bundle;
using Netpol.Bundle.Verdicts;

namespace Netpol.Tests.Unit.Verdicts;

public sealed class TermsFileTests
{
    private static readonly VerdictTerms Sample = new(
        [
            new VerdictTerm(1, RuleStage.Deny, Verdict.Deny, 0, false, true, [new SetLiteral(3, true), new SetLiteral(700, false)], [], null, 0, 0),
            new VerdictTerm(70_000, RuleStage.Allow, Verdict.Allow, 0, true, false, [], [new SetLiteral(0, true)], true, 0, 1),
            new VerdictTerm(2, RuleStage.Admin, Verdict.None, 300, false, false, [], [], false, 9, 1),
            new VerdictTerm(3, RuleStage.Baseline, Verdict.Reject, 0, true, true, [], [], null, 0, 1),
            new VerdictTerm(4, RuleStage.Limited, Verdict.Allow, 0, false, true, [], [], null, 0, 0),
        ],
        [
            new TrafficSet([new TrafficRange(TrafficSpace.Tcp, 1, 65535), new TrafficRange(TrafficSpace.Other6, 0, 0)], []),
            new TrafficSet([], [new NamedTraffic(4, null), new NamedTraffic(0, TrafficSpace.Sctp)]),
        ],
        [[], [0, 5, 300]]);

    [Fact]
    public void Terms_come_back_with_all_their_parts()
    {
        var bytes = VerdictTermsFile.Write(Sample);

        var read = VerdictTermsFile.Read(bytes);

        Assert.Equal(bytes, VerdictTermsFile.Write(read));
        Assert.Equal(Sample.Terms.Select(Text), read.Terms.Select(Text));
        Assert.Equal(Sample.Traffic[0].Ranges.AsEnumerable(), read.Traffic[0].Ranges);
        Assert.Equal(Sample.Traffic[1].Names.AsEnumerable(), read.Traffic[1].Names);
        Assert.Equal([0, 5, 300], read.Classes[1].AsEnumerable());
    }

    [Fact]
    public void A_file_cut_anywhere_is_refused_as_data_never_read_as_less()
    {
        var bytes = VerdictTermsFile.Write(Sample);

        Assert.All(Enumerable.Range(0, bytes.Length), length => Assert.Throws<InvalidDataException>(() => VerdictTermsFile.Read(bytes[..length])));
    }

    private static string Text(VerdictTerm term) =>
        $"{term.Rule} {term.Stage} {term.Verdict} {term.Place} {term.Logs} {term.IsIngress} {string.Join(',', term.Self)} {string.Join(',', term.Peer)} {term.SameNamespace} {term.Service} {term.Traffic}";
}
