using Netpol.Bundle;
using Netpol.Testing;
using Netpol.Tests.Support;
using Netpol.Toolchain;

namespace Netpol.Tests.Kernel.Datapath;

public sealed class LimitTests
{
    private const string First = "pod:default/app=web@10.0.0.1";
    private const string Second = "pod:default/app=web@10.0.0.2";
    private const string Api = "pod:default/app=api@10.0.0.3";

    /// <summary>A rule with one bucket for all is spent; the one behind it still has a bucket for each source.</summary>
    [Fact]
    public void A_spent_limit_for_all_leaves_each_source_its_own_bucket_of_the_next_rule()
    {
        using TemporaryFolder folder = new();
        var source = folder.File("limits.netpol", """
            group api = pods where app == "api"
            policy api for api {
                ingress {
                    allow from any on 80/tcp limit 1/h burst 1
                    allow from any on tcp limit 1/h burst 1 per source
                }
            }
            scale { connections 1024 }
            """);
        Assert.NotNull(BundleBuilder.Build([source], folder.Of("bundle"), backend: BackendKind.Bytecode).Manifest);
        using var run = KernelRun.Load(folder.Of("bundle"), First, Second, Api);

        // From other ports each time: what is known already charges nobody.
        var taken = new[] { (First, 1), (First, 2), (First, 3), (Second, 4), (Second, 5) }
            .Select(sent => run.Send(sent.Item1, Testing.Packets.Packet.TcpFrom(
                sent.Item1.Split('@')[1], (ushort)(50000 + sent.Item2), "10.0.0.3", 80)))
            .Select(outcome => (outcome.Rule, outcome.Reason));

        Assert.Equal(
            [
                ("limits.netpol:4:9", Reason.Rule), ("limits.netpol:5:9", Reason.Rule), (null, Reason.Limit),
                ("limits.netpol:5:9", Reason.Rule), (null, Reason.Limit),
            ],
            taken);
    }
}
