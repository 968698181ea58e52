using Netpol.Bundle;
using Netpol.Loader.Native;
using Netpol.Tests.Kernel.Packets;
using Xunit.Abstractions;

namespace Netpol.Tests.Kernel.Datapath;

/// <summary>What loading a container's programs costs, what bundles leave out, and the stubs on the devices.</summary>
public sealed class ProgramTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public void A_containers_programs_stay_small_enough_to_load_in_milliseconds(int addresses)
    {
        using TestNode node = new(SampleObject.Bytes);
        string[] own = [.. Enumerable.Range(1, addresses).SelectMany(i => (string[])[$"10.0.0.{i}", $"fd00::{i}"])];

        var container = node.Add(1, [], own);


        foreach (var program in (BpfProgram[])[container.From, container.To])
        {
            output.WriteLine($"{program.Name}, {addresses} + {addresses} addresses: {program.TranslatedInstructions} translated, {program.VerifiedInstructions} processed");
            Assert.InRange(program.TranslatedInstructions, 100, 600);
            Assert.InRange(program.VerifiedInstructions, 100, 2000);
        }
    }

    [Fact]
    public void No_program_begins_with_the_unclone_test()
    {
        using TestNode node = new(SampleObject.Bytes);
        var container = node.Add(1, [], "10.0.0.1", "fd00::1");


        Assert.False(BeginsWithUncloneTest(container.From));
        Assert.False(BeginsWithUncloneTest(container.To));
        Assert.All(TestNode.SharedPrograms, name =>
        {
            using var program = node.SharedProgram(name);
            Assert.False(BeginsWithUncloneTest(program), name);
        });
    }

    [Fact]
    public void A_program_that_writes_to_the_packet_does_begin_with_it()
    {
        const string Writer = """
            #include <linux/bpf.h>
            #include <bpf/bpf_helpers.h>
            SEC("tc") int writer(struct __sk_buff *skb)
            {
                unsigned char *data = (void *)(long)skb->data;
                if (data + 1 <= (unsigned char *)(long)skb->data_end)
                    *data = 0;
                return 0;
            }
            char _license[] SEC("license") = "GPL";
            """;
        using var sample = BpfObject.Open(SampleObject.Clang(SampleObject.Root, Writer), "the writer");
        sample.Load();
        using var program = BpfProgram.Load(sample.Templates()["writer"], _ => throw new InvalidOperationException("no maps"), null);


        Assert.True(BeginsWithUncloneTest(program));
    }

    [Fact]
    public void The_stub_calls_the_program_of_the_generation_in_charge_and_drops_without_one()
    {
        using TestNode node = new(SampleObject.Bytes);
        var pod = node.Add(1, [], "10.0.0.1");
        using var stub = node.Stub(pod, "from_endpoint_stub");
        var packet = Packet.UdpFrom("10.0.0.1", 1, SampleNode.Remote4, 53).ToFrame();

        var empty = node.Run(stub, packet);
        node.SetSlot("from_endpoint_programs", pod, TestNode.Generation, pod.From);
        var ready = node.Run(stub, packet);
        node["control"].Update(new byte[4], [2, 0, 0, 0, 0, 0, 0, 0]);
        var next = node.Run(stub, packet);


        Assert.Equal((Exit.Drop, Reason.NotReady, TestNode.AnswerDrop), (empty.Exit, empty.Reason, empty.Answer));
        Assert.Equal((Exit.Stack, Reason.NotIsolated, TestNode.AnswerNext), (ready.Exit, ready.Reason, ready.Answer));
        Assert.Equal((Exit.Drop, Reason.NotReady), next.Way);
        Assert.Equal(2UL, node.DropsBecause(Reason.NotReady));
    }

    [Theory]
    [InlineData("NETPOL_IPV6", "fd00::1", SampleNode.Remote6, new[] { "connections6", "addresses6", "prefixes6", "fragments6", "services6", "backends6" })]
    [InlineData("NETPOL_IPV4", "10.0.0.1", SampleNode.Remote4, new[] { "connections4", "addresses4", "prefixes4", "fragments4", "services4", "backends4" })]
    public void A_family_that_is_left_out_has_no_maps_and_its_packets_drop(string constant, string from, string to, string[] maps)
    {
        using TestNode node = new(SampleObject.Compile((constant, 0)));
        var pod = node.Add(1, [], "10.0.0.1", "fd00::1");

        var sent = node.Send(pod, Packet.UdpFrom(from, 1, to, 53));
        var received = node.Receive(pod, Packet.UdpFrom(to, 1, from, 53));


        Assert.Equal((Exit.Drop, Reason.Family), sent.Way);
        Assert.Equal((Exit.Drop, Reason.Family), received.Way);
        Assert.DoesNotContain(maps, node.HasMap);
    }

    [Fact]
    public void What_a_source_does_not_use_its_object_does_not_have()
    {
        using TestNode node = new(SampleObject.Compile(("NETPOL_SERVICES", 0), ("NETPOL_PORT_NAMES", 0)));
        var pod = node.Add(1, [], "10.0.0.1", "fd00::1");

        var outcome = node.Send(pod, Packet.TcpFrom("10.0.0.1", 1, SampleNode.Service4, 80));


        Assert.DoesNotContain(["services4", "services6", "backends4", "backends6", "port_names"], node.HasMap);
        Assert.Equal((Exit.Stack, Reason.NotIsolated), outcome.Way);
    }

    /// <summary>
    /// Whether the verifier put <c>bpf_unclone_prologue</c> (net/core/filter.c) before the program: r6 = skb->cloned is its
    /// first instruction, a byte's load from r1 into r6.
    /// </summary>
    private static unsafe bool BeginsWithUncloneTest(BpfProgram program)
    {
        const int LoadByte = 0x71, R6FromR1 = 0x16;
        var instructions = new byte[program.TranslatedInstructions * 8];
        fixed (byte* start = instructions)
        {
            bpf_prog_info info = new() { xlated_prog_insns = (ulong)start, xlated_prog_len = (uint)instructions.Length };
            var length = (uint)sizeof(bpf_prog_info);
            Assert.True(LibBpf.bpf_obj_get_info_by_fd(program.Handle, &info, &length) >= 0);
        }

        return instructions[0] == LoadByte && instructions[1] == R6FromR1;
    }
}
