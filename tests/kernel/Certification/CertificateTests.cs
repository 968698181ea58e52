using System.Globalization;
using Netpol.Compiler.Certification;
using Netpol.Compiler.Compilation;
using Netpol.Loader.Generations;
using Netpol.Loader.Native;
using Netpol.Testing.Packets;
using Netpol.Tests.Kernel.Datapath;
using Netpol.Tests.Support;
using Netpol.Toolchain;
using Xunit.Abstractions;
using BundleFolder = Netpol.Loader.Generations.BundleFolder;

namespace Netpol.Tests.Kernel.Certification;

/// <summary>What an object is certified for is what the kernel finds, and no packet takes more.</summary>
public sealed class CertificateTests(CorpusBundles bundles, ITestOutputHelper output) : IClassFixture<CorpusBundles>
{
    private const int Packets = 4_000;

    [Theory]
    [InlineData("everything", VerdictChoice.Auto, BackendKind.C)]
    [InlineData("everything", VerdictChoice.Code, BackendKind.C)]
    [InlineData("everything", VerdictChoice.Auto, BackendKind.Bytecode)]
    [InlineData("everything", VerdictChoice.Code, BackendKind.Bytecode)]
    [InlineData("ipv6-only", VerdictChoice.Auto, BackendKind.Bytecode)]
    public void The_verifier_finds_the_stack_that_is_certified(string name, VerdictChoice choice, BackendKind backend)
    {
        var file = BundleFolder.Open(bundles.Of(new CorpusCase(name), choice, backend)).Read().Object;
        using TestNode node = new(file);
        using var btf = DescriptorHandle.FromAnswer(LibBpf.bpf_btf_get_fd_by_id(node.Templates.BtfId), "open the object's BTF");
        var costs = Costs.Of(file);
        // What its constants leave out of a program, the verifier does not see.
        var container = node.Add(1, [], "10.0.0.1", "fd00::1", "10.0.0.2", "fd00::2");

        foreach (var template in node.Templates.Programs)
        {
            var found = VerifierStatistics.Of(
                template, map => map == EndpointPrograms.ConstantsSection ? container.Constants : node[map], btf).Stack;
            var certified = costs.Programs[template.Name];
            output.WriteLine($"{template.Name,-28} {string.Join('+', found),-20} {certified.Frame.Bytes}, {certified.StackBytes} in all");
            // Of what it calls the verifier tells the frames, and not who calls whom.
            Assert.InRange(found[0], certified.Frame.Bytes * 95 / 100, certified.Frame.Bytes);
            var frames = certified.All().Skip(1).Select(callee => callee.Frame.Bytes).Order().ToArray();
            Assert.Equal(frames.Length, found.Length - 1);
            Assert.All(frames.Zip(found.Skip(1).Order()), pair => Assert.InRange(pair.Second, pair.First * 95 / 100, pair.First));
            Assert.InRange(certified.StackBytes, found[0] + found.Skip(1).DefaultIfEmpty(0).Max(), found.Sum());
        }
    }

    [Fact]
    public void No_packet_runs_more_instructions_or_tail_calls_than_certified()
    {
        var seed = Environment.TickCount;
        output.WriteLine($"seed {seed}");
        Random random = new(seed);
        using SampleNode sample = new();
        using MeasuredPrograms measured = new(sample.Node);
        var costs = Costs.Of(SampleObject.Bytes);
        Container[] pods = [sample.WebPod, sample.ApiPod, sample.GuestPod, sample.PlainPod];
        (BpfProgram From, BpfProgram To)[] programs = [.. pods.Select(pod => (measured.Load("from_endpoint", pod), measured.Load("to_endpoint", pod)))];
        using var uplink = measured.Load("from_uplink", null);
        PacketMix mix = new(random);
        Dictionary<string, long> longest = [];
        var (most, mostTailCalls) = (0L, 0L);

        for (var i = 0; i < Packets; i++)
        {
            if (i > 4 && random.Next(50) == 0)
            {
                sample.Node.SetEpoch((uint)(1 + random.Next(1000)));
            }

            // The first are one connection by a service.
            var isFirst = i < 4;
            var (pod, isSent) = isFirst ? (0, true) : (random.Next(pods.Length), random.Next(3) > 0);
            var frame = isFirst ? Packet.TcpFrom("10.0.0.1", 43000, SampleNode.Service4, 80, i == 0 ? Packet.Syn : Packet.Ack).ToFrame() : mix.Next(pod, isSent);
            if (!isSent && random.Next(2) == 0)
            {
                TestNode.ToThisHost(frame);
                sample.Node.Run(uplink, frame);
            }
            else
            {
                sample.Node.Run(isSent ? programs[pod].From : programs[pod].To, frame, isSent ? 0 : (uint)random.Next(2));
            }

            var runs = measured.Take();
            foreach (var run in runs)
            {
                var path = costs.Programs[run.Program].Paths.ToExit;
                Assert.True(run.Instructions <= run.Entries * path, $"{run.Program}: {run.Instructions} instructions in {run.Entries} runs, certified {path} each");
                longest[run.Program] = Math.Max(longest.GetValueOrDefault(run.Program), run.Instructions / run.Entries);
            }

            (most, mostTailCalls) = (Math.Max(most, runs.Sum(run => run.Instructions)), Math.Max(mostTailCalls, runs.Sum(run => run.Entries) - 1));
        }

        foreach (var (program, path) in longest)
        {
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{program,-28} {path,6} of {costs.Programs[program].Paths.ToExit,6}"));
        }

        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"a packet {most} of {costs.Way.LongestPath}, tail calls {mostTailCalls} of {costs.Way.TailCalls}"));
        Array.ForEach(programs, pair => { pair.From.Dispose(); pair.To.Dispose(); });
        Assert.InRange(most, 1_000, costs.Way.LongestPath);
        Assert.InRange(mostTailCalls, 3, costs.Way.TailCalls);
        Assert.Empty(((string[])["from_endpoint", "to_endpoint", .. GenerationBuilder.SharedPrograms]).Except(longest.Keys));
    }

    [Fact]
    public void Shared_programs_stand_where_the_loader_puts_them() => Assert.Equal<IEnumerable<string>>(GenerationBuilder.SharedPrograms, ProgramArrays.Shared);
}
