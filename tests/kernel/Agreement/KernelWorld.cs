using System.Collections.Immutable;
using Netpol.Bundle;
using Netpol.Compiler.Bundling;
using Netpol.Compiler.Compilation;
using Netpol.Loader.State;
using Netpol.Loader.Tables;
using Netpol.Model;
using Netpol.Semantics;
using Netpol.Tests.Kernel.Datapath;
using EndpointSpec = Netpol.Loader.EndpointSpec;
using Placement = Netpol.Loader.Placement;
using SpecPort = Netpol.Loader.NamedPort;
using Subject = Netpol.Loader.Subject;

namespace Netpol.Tests.Kernel.Agreement;

/// <summary>
/// A model compiled as a build compiles it, and a universe in its maps as a node puts it there: the compiler's source and
/// manifest, the loader's placement and tables, the kernel's verdicts.
/// </summary>
internal sealed class KernelWorld : IDisposable
{
    private readonly Dictionary<Endpoint, Container> _containers = [];

    internal KernelWorld(NetworkModel model, Universe universe)
        : this(Compile(model), universe)
    {
    }

    private KernelWorld((Manifest Manifest, byte[] Object) bundle, Universe universe)
    {
        Manifest = bundle.Manifest;
        Node = new TestNode(bundle.Object);
        new PrefixTable(Node.Maps).Fill(Manifest.Prefixes, Manifest.Layout.MemberWords);
        foreach (var address in universe.Nodes.Single(node => node.Name == RandomUniverse.ThisNode).Addresses)
        {
            AddHost(new(address.ToBytes()));
        }

        Attach(universe);
    }

    /// <summary>A bundle as <c>netpol build</c> leaves it.</summary>
    internal static KernelWorld OfBundle(Manifest manifest, string folder, Universe universe) =>
        new((manifest, File.ReadAllBytes(Path.Combine(folder, ManifestWriter.ObjectName))), universe);

    internal TestNode Node { get; }

    internal Manifest Manifest { get; }

    internal Outcome Run(Trial trial)
    {
        Node.ForgetConnections();
        var container = _containers[trial.At];
        return trial.ByStack
            ? Node.Receive(container, trial.Packet, !trial.IsFromNodeSocket)
            : Node.Send(container, trial.Packet);
    }

    internal Container ContainerOf(Endpoint endpoint) => _containers[endpoint];

    public void Dispose() => Node.Dispose();

    private static (Manifest Manifest, byte[] Object) Compile(NetworkModel model)
    {
        var result = NetpolCompiler.Compile(model, []);
        var output = result.Output ?? throw new InvalidOperationException(string.Join('\n', result.Diagnostics));
        return (output.Manifest, SampleObject.Clang(SampleObject.Root, output.Code));
    }

    private void AddHost(System.Net.IPAddress address)
    {
        Node.AddHost($"{address}", Bits(Placement.MembersOf(Manifest, new Subject.Host(address))));
        new PrefixTable(Node.Maps).Write(address, Placement.MembersOf(Manifest, new Subject.Node(address)));
    }

    private void Attach(Universe universe)
    {
        List<PlacedEndpoint> placed = [];
        var namespaces = universe.Endpoints.Select(endpoint => endpoint.Namespace).Distinct().ToList();
        foreach (var endpoint in universe.Endpoints)
        {
            var isLocal = endpoint.Node == RandomUniverse.ThisNode;
            var namespaceId = (uint)namespaces.IndexOf(endpoint.Namespace) + 1;
            EndpointSpec spec = new(
                $"{endpoint}", "eth0", "", "", [.. endpoint.Addresses.Select(address => $"{address}")], endpoint.Namespace,
                endpoint.NamespaceLabels.ToImmutableSortedDictionary(), endpoint.Labels.ToImmutableSortedDictionary(),
                [.. endpoint.Ports.Select(port => new SpecPort(port.Name, $"{port.Protocol}".ToLowerInvariant(), port.Port))]);
            var container = Node.Add(namespaceId, [], [.. spec.Addresses]);
            PlacedEndpoint place = new(new EndpointRecord(
                1, container.Id, isLocal ? container.Slot : 0, isLocal ? (int)container.Ifindex : 0, namespaceId, "tcx", true, spec, Pending.None));
            foreach (var address in place.Addresses)
            {
                new AddressTable(Node.Maps).Write(address, place.Head, place.MembersOf(Manifest, address));
            }

            new PortNameTable(Node.Maps, Manifest.PortNames).Write(container.Id, spec.Ports);
            placed.Add(place);
            _containers.Add(endpoint, container);
        }

        ServiceTable services = new(Node.Maps, Manifest);
        services.WriteAddresses();
        services.WriteAll(placed);
    }

    private static int[] Bits(ulong[] words) =>
        [.. Enumerable.Range(0, words.Length * 64).Where(bit => (words[bit / 64] >> bit % 64 & 1) != 0)];
}
