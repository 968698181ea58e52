using Netpol.Bundle;
using Netpol.Compiler.Compilation;
using Netpol.Testing.Packets;
using Netpol.Tests.Support;
using Netpol.Toolchain;

namespace Netpol.Tests.Kernel.Datapath;

/// <summary>What the compiler makes of each corpus case is taken by this kernel's verifier, and decides packets.</summary>
public sealed class CorpusTests(CorpusBundles bundles) : IClassFixture<CorpusBundles>
{
    public static TheoryData<string, VerdictChoice, BackendKind> Cases
    {
        get
        {
            TheoryData<string, VerdictChoice, BackendKind> cases = [];
            foreach (var name in CorpusCase.Names)
            {
                cases.Add(name, VerdictChoice.Auto, BackendKind.C);
                cases.Add(name, VerdictChoice.Auto, BackendKind.Bytecode);
                cases.Add(name, VerdictChoice.Code, BackendKind.Bytecode);
            }

            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Every_bundle_loads_and_its_programs_decide(string name, VerdictChoice choice, BackendKind backend)
    {
        var folder = bundles.Of(new CorpusCase(name), choice, backend);
        using TestNode node = new(File.ReadAllBytes(Path.Combine(folder, "datapath.bpf.o")));
        var pod = node.Add(1, [], "10.0.0.1", "fd00::1");

        var sent4 = node.Send(pod, Packet.UdpFrom("10.0.0.1", 49000, SampleNode.Remote4, 53));
        var sent6 = node.Send(pod, Packet.UdpFrom("fd00::1", 49000, SampleNode.Remote6, 53));

        RequireDecision(node.HasMap("connections4"), sent4);
        RequireDecision(node.HasMap("connections6"), sent6);
        Assert.InRange(pod.From.TranslatedInstructions, 100, 1000);
        Assert.InRange(pod.To.TranslatedInstructions, 100, 1000);
    }

    /// <summary>The pod is in no set, so only what is said of every endpoint decides; a family that is left out drops.</summary>
    private static void RequireDecision(bool hasFamily, Outcome outcome)
    {
        Reason[] reasons = hasFamily ? [Reason.NotIsolated, Reason.Rule, Reason.DefaultDeny] : [Reason.Family];
        Assert.Contains(outcome.Reason, reasons);
        Assert.Equal(outcome.Reason is Reason.DefaultDeny or Reason.Family, outcome.Exit == Exit.Drop);
    }
}
