using Netpol.Compiler.Bpf.Objects;
using Netpol.Loader.Native;
using Netpol.Tests.Kernel.Datapath;

namespace Netpol.Tests.Kernel.Bpf;

/// <summary>Our objects are what libbpf links with clang's, and what the kernel takes.</summary>
public sealed unsafe class LinkedObjectTests
{
    private const int Egress = 0, Ingress = 1;

    [Theory]
    [InlineData(Egress, 5, 9, 5432, 6, 0, 0x1000 + 77)]
    [InlineData(Egress, 5, 9, 80, 6, 0, 3)]
    [InlineData(Egress, 6, 9, 5432, 6, 0, 0x1000)]
    [InlineData(Egress, SampleVerdicts.Classes, 9, 5432, 6, 0, 2)]
    [InlineData(Ingress, 5, 9, 22, 6, 0, 0x922)]
    [InlineData(Ingress, 5, 9, 22, 17, 3, 0x42 + 3)]
    [InlineData(Ingress, 5, 1, 80, 6, 0, 0x42 + 0x100)]
    public void Verdicts_of_our_object_replace_the_weak_ones_of_clang_s(int direction, int self, int peer, int port, int protocol, int family, int expected)
    {
        using var loaded = Load();
        var members = new byte[16];
        members[8] = 77;
        loaded.Map("class_members").Update(BitConverter.GetBytes(5), members);
        loaded.Map("port_names").Update(BitConverter.GetBytes(1), new byte[4]);

        using var judge = Judge(loaded);

        Assert.Equal(expected, judge.TestRun(new byte[64], Context(direction, self, peer, port, protocol, family), new byte[64]).Answer);
    }

    [Fact]
    public void Without_our_object_the_weak_verdicts_stand()
    {
        using var loaded = BpfObject.Open(Linker.Link(Library()), "weak");
        loaded.Load();
        using var judge = Judge(loaded);

        Assert.Equal(0x77, judge.TestRun(new byte[64], Context(Egress, 5, 9, 5432, 6, 0), new byte[64]).Answer);
    }

    [Fact]
    public void The_loaded_program_shows_the_lines_of_the_policy()
    {
        using var loaded = Load();
        using var judge = Judge(loaded);

        var listing = Scratch.Shell("bpftool", "prog", "dump", "xlated", "id", $"{judge.Id}", "linum");

        Assert.Contains("u64 egress_verdict(struct policy_input * in):\n; policy api for api { [file:shop.netpol line_num:3 line_col:1]", listing.Replace("__u64", "u64", StringComparison.Ordinal));
        Assert.Contains("; allow to db on 5432/tcp [file:net/egress.netpol line_num:12 line_col:5]", listing);
        Assert.Contains("; ingress { deny from guests on 22/tcp } [file:shop.netpol line_num:4 line_col:15]", listing);
    }

    private static BpfObject Load()
    {
        var loaded = BpfObject.Open(Linker.Link(Library(), ObjectWriter.Write(SampleVerdicts.Spec())), "linked");
        loaded.Load();
        return loaded;
    }

    private static byte[] Library() =>
        SampleObject.Clang(SampleObject.Root, File.ReadAllText(Path.Combine(SampleObject.Root, "tests/kernel/Bpf/library.bpf.c")));

    private static BpfProgram Judge(BpfObject loaded)
    {
        using DescriptorHandle handle = new(loaded.ProgramDescriptor("judge") ?? -1, owns: false);
        bpf_prog_info info = default;
        var length = (uint)sizeof(bpf_prog_info);
        Assert.True(LibBpf.bpf_obj_get_info_by_fd(handle, &info, &length) >= 0);
        return BpfProgram.OpenById(info.id, "judge");
    }

    private static byte[] Context(int direction, int self, int peer, int port, int protocol, int family)
    {
        var context = new byte[192];
        BitConverter.TryWriteBytes(context.AsSpan(8), family);
        foreach (var (index, value) in ((int[])[direction, self, peer, port, protocol]).Index())
        {
            BitConverter.TryWriteBytes(context.AsSpan(48 + (4 * index)), value);
        }

        return context;
    }
}
