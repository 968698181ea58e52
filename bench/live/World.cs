using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text.Json;
using Netpol.Bundle;
using Netpol.Bundle.Verdicts;
using Netpol.Lab;
using Netpol.Loader;
using Netpol.Loader.Abi;
using Netpol.Loader.Generations;
using Netpol.Loader.Native;
using Netpol.Loader.State;

namespace Netpol.Bench.Live;

/// <summary>A node with a large policy, containers of its own and many endpoints of other nodes, held by a process that runs for long.</summary>
internal sealed class World : IDisposable
{
    internal const int Containers = 16;

    private static readonly string[] Tiers = ["edge", "backend", "core", "batch", "cache"];

    private readonly ImmutableArray<int> _groups;
    private readonly Random _random = new(1);
    private readonly List<(string Namespace, ImmutableSortedDictionary<string, string> Labels)> _containers = [];

    private Generation? _generation;

    private World(NodePaths paths, Manifest manifest, VerdictTerms terms)
    {
        (Paths, Manifest, Terms) = (paths, manifest, terms);
        // As LargePolicy writes them: the groups of pods.
        _groups = [.. manifest.Sets.Select(set => set.Name.Length > 1 && set.Name[0] == 'g' && int.TryParse(set.Name.AsSpan(1), CultureInfo.InvariantCulture, out var group) &&
            group % 5 is 0 or 2 or 3 ? group : -1).Where(group => group >= 0)];
        Namespaces = manifest.Namespaces.Count;
        using (var node = Node.Open(paths))
        {
            for (var number = 0; number < Containers; number++)
            {
                var (space, labels) = NextIdentity();
                labels = number == 0 ? labels.SetItem("role", Text.ProbeRole) : labels;
                _containers.Add((space, labels));
                Scratch.AddDevices($"h{number}", $"c{number}");
                node.Attach(new EndpointSpec(
                    $"c{number}", "eth0", $"h{number}", "02:00:00:00:00:01", [$"10.0.255.{number + 1}"], space, null,
                    labels, []));
            }
        }

        Live = LiveNode.Open(paths);
        Renew();
    }

    internal LiveNode Live { get; private set; }

    internal NodePaths Paths { get; }

    internal Manifest Manifest { get; private set; }

    internal VerdictTerms Terms { get; private set; }

    internal int Namespaces { get; }

    /// <summary>Of each container, what its device runs on what it sends.</summary>
    internal ImmutableArray<BpfProgram> Programs { get; private set; } = [];

    internal static IPAddress Container(int number) => new([10, 0, 255, (byte)(number + 1)]);

    internal static IPAddress Remote(int number) => new([10, (byte)(1 + (number >> 16)), (byte)(number >> 8), (byte)number]);

    /// <param name="source">A file or a folder.</param>
    internal static World Create(Scratch scratch, string source)
    {
        var bundle = Path.Combine(scratch.Folder, "bundle");
        // By another process: what is measured is a node's process, which has no compiler in it.
        using (var build = Process.Start(Environment.ProcessPath ?? "", [Program.BuildVerb, source, bundle]))
        {
            build.WaitForExit();
            if (build.ExitCode != 0)
            {
                throw new InvalidOperationException("the bundle was not built");
            }
        }

        File.WriteAllText("/proc/sys/net/ipv6/conf/default/disable_ipv6", "1");
        NodePaths paths = new(scratch.Pins, scratch.State);
        using (var node = Node.Open(paths))
        {
            node.Apply(bundle);
        }

        var (manifest, terms) = Read(bundle);
        return new World(paths, manifest, terms);
    }

    /// <summary>What another process put in charge is known from now on.</summary>
    internal void Follow(string bundle)
    {
        (Manifest, Terms) = Read(bundle);
        Renew();
    }

    /// <summary>A place in one of the policy's groups, or near it, drawn at random.</summary>
    internal (string Namespace, ImmutableSortedDictionary<string, string> Labels) NextIdentity()
    {
        var group = _groups[_random.Next(_groups.Length)];
        var labels = ImmutableSortedDictionary<string, string>.Empty
            .Add("app", $"app{group}").Add("tier", Tiers[_random.Next(Tiers.Length)]).Add("colour", _random.Next(2) == 0 ? Text.Red : Text.Blue)
            .Add("pod-template-hash", $"{_random.Next():x}");
        return ($"ns{group % Namespaces}", _random.Next(8) == 0 ? labels.Add("canary", "yes") : labels);
    }

    /// <summary>The sets that a container's address is in.</summary>
    internal ulong[] Members(int number)
    {
        var (space, labels) = _containers[number];
        return Placement.MembersOf(Manifest, new Subject.Endpoint(Container(number), space, Placement.LabelsOf(Manifest, space, null), labels));
    }

    internal int NextNumber(int bound) => _random.Next(bound);

    internal AddressEntry? Find(IPAddress address) => InCharge.Addresses.Find(address);

    internal uint Epoch => InCharge.State.Epoch;

    internal uint Number => InCharge.Number;

    /// <summary>The container's packet passes.</summary>
    internal static bool Passes(BpfProgram program, byte[] frame) => program.TestRun(frame, [], new byte[256]).Answer != Shot;

    /// <summary>As a process that begins.</summary>
    internal void Reopen()
    {
        Live.Dispose();
        Live = LiveNode.Open(Paths);
    }

    /// <summary>Looks at what is in charge now: tables that were too small have been replaced, programs with them.</summary>
    internal void Renew()
    {
        Close();
        _generation = Generation.OpenCurrent(new PinFolder(Paths.Pins), new StateFolder(Paths.State));
        Programs = [.. Enumerable.Range(0, Containers).Select(number => OpenSender(InCharge, Container(number)))];
    }

    public void Dispose()
    {
        Close();
        Live.Dispose();
    }

    private static (Manifest Manifest, VerdictTerms Terms) Read(string bundle) => (
        JsonSerializer.Deserialize(File.ReadAllBytes(Path.Combine(bundle, Manifest.FileName)), ManifestJson.Default.Manifest) ?? throw new InvalidOperationException("no manifest"),
        VerdictTermsFile.Read(File.ReadAllBytes(Path.Combine(bundle, VerdictTerms.FileName))));

    private Generation InCharge => _generation ?? throw new InvalidOperationException("no bundle is in charge");

    private void Close()
    {
        foreach (var program in Programs)
        {
            program.Dispose();
        }

        _generation?.Dispose();
    }

    // TC_ACT_SHOT
    private const int Shot = 2;

    /// <summary>What a container's device runs on what it sends.</summary>
    internal static BpfProgram OpenSender(Generation generation, IPAddress container)
    {
        var entry = generation.Addresses.Find(container) ?? throw new InvalidOperationException("the container has no address");
        var key = (2 * (uint)entry.Slot) + (generation.Number & 1);
        uint id = 0;
        return generation.Maps["from_endpoint_programs"].TryLookup(BpfMap.Bytes(ref key), BpfMap.Bytes(ref id))
            ? BpfProgram.OpenById(id, "from_endpoint")
            : throw new InvalidOperationException("the container's slot is empty");
    }
}
