using System.Collections.Immutable;
using Netpol.Model;
using Netpol.Semantics;
using Netpol.Testing.Packets;
using Netpol.Tests.Kernel.Agreement;
using Netpol.Tests.Kernel.Datapath;
using Netpol.Tests.Support;
using Netpol.Tests.Support.Kubernetes;
using Netpol.Toolchain;
using Node = Netpol.Semantics.Node;

namespace Netpol.Tests.Kernel.Kubernetes;

/// <summary>
/// Kubernetes objects all the way: imported, written to a file, built to a bundle, loaded; with a cluster's pods on this node.
/// </summary>
internal sealed class ImportedWorld : IDisposable
{
    /// <summary>Every packet looks through all of the tables of connections, to empty them.</summary>
    private const string SmallScale = "\nscale { connections 1024 }\n";

    private readonly TemporaryFolder _folder = new();
    private readonly ImmutableDictionary<Endpoint, Endpoint> _here;
    private readonly Universe _universe;
    private readonly Evaluator _evaluator;
    private readonly KernelWorld _kernel;

    internal ImportedWorld(Imported imported, ImmutableArray<Endpoint> pods)
    {
        _here = pods.ToImmutableDictionary(pod => pod, pod => new Endpoint(
            pod.Namespace, pod.NamespaceLabels, pod.Labels, pod.Addresses, pod.Ports, pod.Name, RandomUniverse.ThisNode));
        _universe = new([.. pods.Select(pod => _here[pod])], [new Node(RandomUniverse.ThisNode, [Address.Parse("192.168.0.1")])]);
        _evaluator = new(imported.Model);

        var bundle = _folder.Of("bundle");
        var result = BundleBuilder.Build([_folder.File(Imported.FileName, imported.Text + SmallScale)], bundle);
        Assert.NotNull(result.Manifest);
        _kernel = KernelWorld.OfBundle(bundle, _universe);
    }

    /// <summary>
    /// A new connection's first packet from a pod, or from anywhere by the host's stack to a pod. What the kernel makes of it is
    /// what the evaluator says, by the same rule.
    /// </summary>
    /// <param name="from">Null: the packet comes from outside the node.</param>
    internal Outcome Send(Endpoint? from, Address source, Endpoint? to, Address destination, Traffic traffic)
    {
        var at = from ?? to ?? throw new ArgumentException("neither end is on this node", nameof(to));
        Trial trial = new(_here[at], from is null, Wire($"{source}", $"{destination}", traffic), traffic, IsFromNodeSocket: false);

        var outcome = _kernel.Run(trial);

        Assert.Null(Comparison.Disagreement(_kernel.Manifest, _universe, trial, _evaluator.JudgeAll(_universe, trial.Flow), outcome));
        return outcome;
    }

    public void Dispose()
    {
        _kernel.Dispose();
        _folder.Dispose();
    }

    internal static bool Passes(Outcome outcome) => outcome.Exit is Exit.Stack or Exit.Peer;

    private static Packet Wire(string source, string destination, Traffic traffic) => traffic.Protocol switch
    {
        Packet.Tcp => Packet.TcpFrom(source, 49000, destination, traffic.Port),
        Packet.Udp => Packet.UdpFrom(source, 49000, destination, traffic.Port),
        Packet.Sctp => Packet.SctpFrom(source, 49000, destination, traffic.Port),
        Packet.Icmp => Packet.Echo(source, destination, 1),
        _ => throw new ArgumentException($"no packet for {traffic}", nameof(traffic)),
    };
}
