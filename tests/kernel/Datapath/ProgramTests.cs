using Netpol.Bundle;
using Netpol.Loader.Generations;
using Netpol.Loader.Native;
using Netpol.Testing.Packets;
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
            Assert.InRange(program.TranslatedInstructions, 100, 1000);
            Assert.InRange(program.VerifiedInstructions, 100, 3000);
        }
    }

    [Fact]
    public void Only_what_writes_to_packets_in_place_begins_with_the_unclone_test()
    {
        using TestNode node = new(SampleObject.Bytes);
        var container = node.Add(1, [], "10.0.0.1", "fd00::1");
        var provisional = node.Add(1, [], "10.0.0.2", "fd00::2");

        var writers = GenerationBuilder.SharedPrograms.Where(name =>
        {
            using var program = node.SharedProgram(name);
            return BeginsWithUncloneTest(program);
        });


        Assert.All([container.From, container.To, provisional.From, provisional.To], program => Assert.False(BeginsWithUncloneTest(program), program.Name));
        Assert.Equal(["translate", "translate_known", "straight", "straight_known"], writers);
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

    [Theory]
    [InlineData(TestNode.Generation)]
    [InlineData(TestNode.Generation + 1)]
    public void The_stub_calls_the_program_of_the_generation_in_charge_and_drops_without_one(uint generation)
    {
        using TestNode node = new(SampleObject.Bytes);
        var pod = node.Add(1, [], "10.0.0.1");
        using var stub = node.Stub(pod, "from_endpoint_stub");
        var packet = Packet.UdpFrom("10.0.0.1", 1, SampleNode.Remote4, 53).ToFrame();

        node.SetGeneration(generation);
        var empty = node.Run(stub, packet);
        node.SetSlot("from_endpoint_programs", pod, generation, pod.From);
        var ready = node.Run(stub, packet);
        node.SetGeneration(generation + 1);
        var next = node.Run(stub, packet);
        node.SetGeneration(generation + 2);
        var again = node.Run(stub, packet);
        using (var vacant = node.SharedProgram("vacant"))
        {
            node.SetSlot("from_endpoint_programs", pod, generation, vacant);
        }

        var left = node.Run(stub, packet);


        Assert.Equal((Exit.Drop, Reason.NotReady, TestNode.AnswerDrop), (empty.Exit, empty.Reason, empty.Answer));
        Assert.Equal((Exit.Stack, Reason.NotIsolated, TestNode.AnswerNext), (ready.Exit, ready.Reason, ready.Answer));
        Assert.Equal((Exit.Drop, Reason.NotReady), next.Way);
        Assert.Equal((Exit.Stack, Reason.Established), again.Way);
        Assert.Equal((Exit.Drop, Reason.NotReady, TestNode.AnswerDrop), (left.Exit, left.Reason, left.Answer));
        Assert.Equal(3UL, node.DropsBecause(Reason.NotReady));
    }

    /// <summary>A call by an index that the verifier does not know is an indirect jump: 9 ns of a packet.</summary>
    [Theory]
    [InlineData("from_endpoint_stub")]
    [InlineData("to_endpoint_stub")]
    public void The_stub_has_a_call_of_its_own_for_each_parity(string name)
    {
        using TestNode node = new(SampleObject.Bytes);
        using var stub = node.Stub(node.Add(1, [], "10.0.0.1"), name);


        Assert.Equal(2, Instructions(stub).Chunk(8).Count(IsTailCall));
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
    private static bool BeginsWithUncloneTest(BpfProgram program)
    {
        const int LoadByte = 0x71, R6FromR1 = 0x16;
        var instructions = Instructions(program);
        return instructions[0] == LoadByte && instructions[1] == R6FromR1;
    }

    private static bool IsTailCall(byte[] instruction)
    {
        const int Call = 0x85, TailCall = 12;
        return instruction[0] == Call && BitConverter.ToInt32(instruction, 4) == TailCall;
    }

    /// <summary>As the kernel has them.</summary>
    private static unsafe byte[] Instructions(BpfProgram program)
    {
        var instructions = new byte[program.TranslatedInstructions * 8];
        fixed (byte* start = instructions)
        {
            bpf_prog_info info = new() { xlated_prog_insns = (ulong)start, xlated_prog_len = (uint)instructions.Length };
            var length = (uint)sizeof(bpf_prog_info);
            Assert.True(LibBpf.bpf_obj_get_info_by_fd(program.Handle, &info, &length) >= 0);
        }

        return instructions;
    }
}
