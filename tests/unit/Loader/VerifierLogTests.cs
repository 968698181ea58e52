using Netpol.Loader;

namespace Netpol.Tests.Unit.Loader;

public sealed class VerifierLogTests
{
    [Fact]
    public void The_reason_is_the_last_sentence_and_the_place_the_policys_line_before_it()
    {
        const string Log = """
            0: R1=ctx() R10=fp0
            ; if (member(in->self, SET_WEB)) @ datapath.bpf.c:40
            0: (79) r2 = *(u64 *)(r1 +0)
            ; deny from web on 22/tcp @ shop.netpol:9
            7: (79) r3 = *(u64 *)(r1 +800)
            ; return x; @ policy.h:12
            R1 invalid mem access 'scalar'
            processed 8 insns (limit 1000000) max_states_per_insn 0 total_states 0 peak_states 0 mark_read 0
            """;

        var log = VerifierLog.Parse(Log);

        Assert.Equal(new VerifierLog("R1 invalid mem access 'scalar'", "deny from web on 22/tcp", "shop.netpol:9"), log);
    }

    [Fact]
    public void Without_a_policys_line_the_nearest_source_line_is_named()
    {
        var log = VerifierLog.Parse("; a = b; @ conntrack.h:7\n0: (bf) r1 = r2\n; c = d; @ conntrack.h:8\nR2 !read_ok\nprocessed 1 insns\n");

        Assert.Equal(new VerifierLog("R2 !read_ok", "c = d;", "conntrack.h:8"), log);
    }

    [Theory]
    [InlineData("", "no reason was given")]
    [InlineData("processed 0 insns", "no reason was given")]
    [InlineData("BPF program is too large. Processed 1000001 insn\nprocessed 1000001 insns", "BPF program is too large. Processed 1000001 insn")]
    public void A_log_without_lines_of_source_still_gives_a_reason(string text, string reason)
    {
        var log = VerifierLog.Parse(text);

        Assert.Equal(new VerifierLog(reason, "", ""), log);
    }
}
