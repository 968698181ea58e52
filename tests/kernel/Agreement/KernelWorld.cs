using System.Collections.Immutable;
using Netpol.Bundle;
using Netpol.Bundle.Verdicts;
using Netpol.Compiler.Compilation;
using Netpol.Loader.Abi;
using Netpol.Loader.Classes;
using Netpol.Loader.Generations;
using Netpol.Loader.Live;
using Netpol.Loader.Native;
using Netpol.Loader.State;
using Netpol.Loader.Tables;
using Netpol.Loader.Verdicts;
using Netpol.Model;
using Netpol.Semantics;
using Netpol.Tests.Kernel.Datapath;
using Netpol.Tests.Support;
using Netpol.Toolchain;
using BundleFolder = Netpol.Loader.Generations.BundleFolder;
using EndpointSpec = Netpol.Loader.EndpointSpec;
using SpecPort = Netpol.Loader.NamedPort;

namespace Netpol.Tests.Kernel.Agreement;

/// <summary>
/// A model compiled as a build compiles it, and a universe in its maps as a node puts it there: the compiler's source and
/// manifest, the loader's placement and tables, the kernel's verdicts.
/// </summary>
internal sealed class KernelWorld : IDisposable
{
    private readonly Dictionary<Endpoint, Container> _containers = [];

    private readonly GenerationContent _content;

    private readonly ClassMemory _known = new();

    internal KernelWorld(
        NetworkModel model, Universe universe, VerdictChoice choice = VerdictChoice.Auto, bool isWhole = true, BackendKind backend = BackendKind.C)
        : this(Compile(model, choice, backend), universe, isWhole)
    {
    }

    /// <param name="isWhole">The verdict tables are made at once, as a load makes them; else class by class, as attachments do.</param>
    private KernelWorld(BundleContent bundle, Universe universe, bool isWhole)
    {
        Manifest = bundle.Manifest;
        Terms = Manifest.Verdicts.AreTables ? VerdictTermsFile.Read(bundle.Terms) : new VerdictTerms([], [], []);
        Node = new TestNode(bundle.Object);
        var endpoints = Add(universe);
        ImmutableArray<string> hostAddresses = [.. universe.Nodes.Single(node => node.Name == RandomUniverse.ThisNode).Addresses.Select(address => $"{address}")];
        IClassPublisher publisher = Manifest.Verdicts.AreTables
            ? new VerdictTables(Node.Maps, () => Terms)
            : new ClassMembers(Node.Maps[ClassMembers.MapName]);
        if (publisher is ClassMembers members)
        {
            members.Fill(PrefixClasses.Of(Manifest.Classes));
        }
        else if (isWhole)
        {
            GenerationContent.Classify(new ClassTable(Manifest, _known, new NoPublisher()), Manifest, endpoints, hostAddresses);
            VerdictTables.Write(Node.Maps, VerdictDraft.Whole(Terms, _known.Read()));
        }

        new PrefixTable(Node.Maps).Fill(Manifest.Prefixes);
        LimitTable.Fill(Node.Maps, Manifest);
        _content = new GenerationContent(Node.Maps, Manifest, new ClassTable(Manifest, _known, publisher), epoch: 1);
        _content.WriteAll(endpoints, hostAddresses, ServiceDraft.Of(Manifest, endpoints, universe.ZoneOf(RandomUniverse.ThisNode)));
        Masquerade(universe);
    }

    /// <summary>A bundle as <c>netpol build</c> leaves it.</summary>
    internal static KernelWorld OfBundle(string folder, Universe universe) => new(BundleFolder.Open(folder).Read(), universe, isWhole: false);

    internal TestNode Node { get; }

    internal Manifest Manifest { get; private set; }

    /// <summary>The tables as a process holds them that changes them in place.</summary>
    internal LiveTables Live { get => field ??= LiveTables.Open(Node.Maps, Terms, _known.Read()); private set; }

    internal VerdictTerms Terms { get; private set; }

    /// <summary>The tables of the rules in charge, made at once.</summary>
    internal VerdictDraft Whole() => VerdictDraft.Whole(Terms, _known.Read());

    /// <summary>Changes rules in place, as a process that runs for long does; false: rules are not all that differs.</summary>
    internal bool TryChange(NetworkModel next) =>
        NetpolCompiler.Compile(Small(next), []).Output is { } output && TryChange(new BundleContent(output.Manifest, [], [.. output.Terms]));

    internal bool TryChange(BundleContent next)
    {
        if (!RulesAlone.Differ(Manifest, next.Manifest, Node.Maps))
        {
            return false;
        }

        var policy = StateWord.Read(Node["state"]).Policy;
        var terms = VerdictTermsFile.Read(next.Terms);
        Live.Prepare(terms, policy);
        StateWord.Commit(Node["state"], policy + 1, policy + 1);
        Live.Complete();
        (Manifest, Terms) = (next.Manifest, terms);
        return true;
    }

    internal Outcome Run(Trial trial)
    {
        Node.ForgetConnections();
        var container = _containers[trial.At];
        return trial.ByUplink ? Node.Arrive(trial.Packet)
            : trial.ByStack
            ? Node.Receive(container, trial.Packet, !trial.IsFromNodeSocket)
            : Node.Send(container, trial.Packet);
    }

    internal Container ContainerOf(Endpoint endpoint) => _containers[endpoint];

    public void Dispose() => Node.Dispose();

    /// <summary>Every trial looks through all of the tables of connections, to empty them.</summary>
    private static NetworkModel Small(NetworkModel model) => model with { Scale = model.Scale with { Connections = 64 } };

    private static BundleContent Compile(NetworkModel model, VerdictChoice choice, BackendKind backend)
    {
        var result = NetpolCompiler.Compile(Small(model), [], choice);
        var output = result.Output ?? throw new InvalidOperationException(string.Join('\n', result.Diagnostics));
        if (backend == BackendKind.Bytecode)
        {
            using TemporaryFolder folder = new();
            var built = BundleBuilder.Build(output, [], folder.Of("bundle"), backend);
            Assert.Empty(built.Diagnostics);
            return BundleFolder.Open(folder.Of("bundle")).Read();
        }

        return new BundleContent(output.Manifest, SampleObject.Clang(SampleObject.Root, output.Code), [.. output.Terms]);
    }

    /// <summary>By the node's address of each family.</summary>
    private void Masquerade(Universe universe)
    {
        if (!Node.HasMap("masquerade"))
        {
            return;
        }

        Masquerade value = new() { FirstPort = 1024, Ports = 31_744 };
        foreach (var address in universe.Nodes.Single(node => node.Name == RandomUniverse.ThisNode).Addresses.Select(address => address.ToBytes()))
        {
            address.CopyTo(address.Length == 4 ? (Span<byte>)value.Address4 : value.Address6);
        }

        Node["masquerade"].Update(new byte[4], BpfMap.Bytes(ref value));
    }

    private List<PlacedEndpoint> Add(Universe universe)
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
                [.. endpoint.Ports.Select(port => new SpecPort(port.Name, $"{port.Protocol}".ToLowerInvariant(), port.Port))])
            {
                Zone = isLocal ? null : universe.ZoneOf(endpoint.Node),
            };
            var container = Node.Add(namespaceId, [], [.. spec.Addresses]);
            placed.Add(new(new EndpointRecord(
                1, container.Id, isLocal ? container.Slot : 0, isLocal ? (int)container.Ifindex : 0, namespaceId, "tcx", true, spec, Pending.None)));
            _containers.Add(endpoint, container);
        }

        return placed;
    }
}
