using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Netpol.Bundle;
using Netpol.Compiler.Ir;
using Netpol.Compiler.Layout;
using Netpol.Model;

namespace Netpol.Compiler.Bundling;

/// <summary>Makes the manifest of a bundle: everything that node and observers are told beside the object.</summary>
public static class ManifestWriter
{
    /// <summary>The object's file name in a bundle.</summary>
    public const string ObjectName = "datapath.bpf.o";

    /// <summary>The manifest without its digests, which are only known once there are terms and an object.</summary>
    /// <param name="earlier">What was described before: what is the same object again is described by the same.</param>
    public static Manifest Describe(
        NetworkModel model, DecisionScope program, DatapathLayout layout, ImmutableArray<string> sources, DescribedScope? earlier = null) => new(
        Manifest.CurrentSchema,
        Digest: "",
        Backend: "c",
        ObjectName,
        [.. sources.Order(StringComparer.Ordinal)],
        layout.Features,
        new MapLayout(layout.MemberWords, layout.PortNameWords, layout.Classes.Members.Length, layout.Maps, NodeMapsDigest(layout.Maps)),
        model.Namespaces.ToImmutableSortedDictionary(declared => declared.Name, declared => declared.Labels, StringComparer.Ordinal),
        earlier is { } sets && sets.Scope.Sets == program.Sets
            ? sets.Manifest.Sets
            : [.. program.Sets.Select(set =>
                new SetEntry(set.Id.Index, set.Title, ManifestSets.Of(set.Expression)) { IsOutsideVerdicts = set.IsOutsideVerdicts })],
        earlier is { } classes && ReferenceEquals(classes.Layout.Classes, layout.Classes)
            ? classes.Manifest.Classes
            : [.. layout.Classes.Members.Select(members => members.Bits)],
        earlier is { } split && split.Layout.Prefixes4 == layout.Prefixes4 && split.Layout.Prefixes6 == layout.Prefixes6 && ReferenceEquals(split.Layout.Classes, layout.Classes)
            ? split.Manifest.Prefixes
            : [.. layout.Prefixes4.Concat(layout.Prefixes6).Select(entry => new PrefixEntry(entry.Prefix.ToString(), layout.Classes[entry.Members]))],
        program.PortNames,
        [.. program.Policies.Select(policy => new PolicyEntry(
            policy.Name, policy.For.Index, policy.IsolatesIngress, policy.IsolatesEgress,
            policy.Origin.File, policy.Origin.Line, policy.Origin.Column))],
        Rules(program.Rules, earlier),
        [.. program.Services.Zip(layout.ServicePorts, (binding, ids) => Service(binding, ids, layout.Maglev))],
        new ObserveEntry(layout.ReportsDrops, [.. layout.Samples.Select(sample => new FlowSampleEntry(sample.OneIn, sample.For?.Index))]),
        layout.Verdicts.AreTables
            ? new VerdictEntry(VerdictEntry.Tables, "", "")
            : new VerdictEntry(VerdictEntry.Code, layout.Verdicts.Reason, ""))
        {
            NodeRanges = model.Cluster.NodeRanges.IsEmpty ? null : [.. model.Cluster.NodeRanges.Select(range => range.ToString())],
            Assumptions = model.Assumptions.IsEmpty ? null : [.. model.Assumptions.Select(Assumption)],
            PodRanges = model.Cluster.PodRanges.IsEmpty ? null : [.. model.Cluster.PodRanges.Select(prefix => prefix.ToString())],
        };

    /// <summary>The manifest with its digests: of the terms, and over the object and the manifest without that digest.</summary>
    /// <param name="terms">Content of <c>verdicts.bin</c>; empty where verdicts are code.</param>
    public static SealedManifest Seal(Manifest manifest, ReadOnlySpan<byte> terms, ReadOnlySpan<byte> objectFile)
    {
        if (manifest.Verdicts.AreTables)
        {
            manifest = manifest with { Verdicts = manifest.Verdicts with { Digest = ContentDigest.Of(terms) } };
        }

        // Written once: the digest goes into the text of which it is the digest. Only the schema's number stands before it.
        var bare = JsonSerializer.SerializeToUtf8Bytes(manifest with { Digest = "" }, ManifestJson.Default.Manifest);
        var digest = BundleDigest.Compute(bare, objectFile);
        var place = bare.AsSpan().IndexOf("\"digest\": \"\""u8) + "\"digest\": \""u8.Length;
        return new SealedManifest(manifest with { Digest = digest }, [.. bare.AsSpan(0, place), .. Encoding.ASCII.GetBytes(digest), .. bare.AsSpan(place), (byte)'\n']);
    }

    private static string NodeMapsDigest(ImmutableArray<MapEntry> maps)
    {
        var lines = maps.Where(map => map.Scope == "node").OrderBy(map => map.Name, StringComparer.Ordinal).Select(map =>
            string.Create(CultureInfo.InvariantCulture, $"{map.Name} {map.Type} {map.KeySize} {map.ValueSize} {map.MaxEntries}\n"));
        return ContentDigest.Of(Encoding.UTF8.GetBytes(string.Concat(lines)));
    }

    // Those before a change are in the place that they had, those behind it as far from the end.
    private static ImmutableArray<RuleEntry> Rules(ImmutableArray<DecidingRule> rules, DescribedScope? earlier)
    {
        var (before, entries) = (earlier?.Scope.Rules ?? [], earlier?.Manifest.Rules ?? []);
        var shift = before.Length - rules.Length;
        var described = ImmutableArray.CreateBuilder<RuleEntry>(rules.Length);
        for (var index = 0; index < rules.Length; index++)
        {
            var place = index < before.Length && ReferenceEquals(before[index], rules[index]) ? index : index + shift;
            described.Add(place >= 0 && place < before.Length && ReferenceEquals(before[place], rules[index]) ? entries[place] : Rule(rules[index]));
        }

        return described.MoveToImmutable();
    }

    private static RuleEntry Rule(DecidingRule rule) => new(
        rule.Id,
        rule.Action switch
        {
            RuleAction.Allow => "allow",
            RuleAction.Deny => "deny",
            RuleAction.Reject => "reject",
            RuleAction.Pass => "pass",
            _ => throw new UnreachableException(),
        },
        rule.Direction == Direction.Ingress ? "ingress" : "egress",
        rule.Policy, rule.IsLogged, rule.Origin.File, rule.Origin.Line, rule.Origin.Column, rule.Origin.Text)
    {
        Limit = rule.Limit is { } limit ? new LimitEntry(limit.NanosecondsEach, limit.Burst, limit.IsPerSource) : null,
    };

    private static AssumptionEntry Assumption(Assumption assumption) => new(
        ManifestSets.Of(assumption.Endpoints), assumption.Origin.File, assumption.Origin.Line, assumption.Origin.Column, assumption.Origin.Text);

    private static ServiceEntry Service(ServiceBinding binding, ServicePortIds ids, MaglevTables maglev)
    {
        var service = binding.Service;
        return new ServiceEntry(
            binding.Id,
            service.Name,
            [.. service.Addresses.Select(address => address.ToString())],
            [.. service.Ports.Select((port, index) => new ServicePortEntry(
                ids.First + index,
                port.Name,
                port.Protocol.ToString().ToLowerInvariant(),
                port.Port,
                (port.Target as TargetPort.Number)?.Port,
                (port.Target as TargetPort.Named)?.Name))],
            binding.Backends?.Index,
            service.Backends is BackendSource.Literal literal
                ? [.. literal.Backends.Select(backend => new BackendEntry(backend.Address.ToString(), backend.Weight))]
                : [])
        {
            Maglev = maglev.Positions.TryGetValue(service.Name, out var positions) ? new MaglevEntry(positions.Ipv4, positions.Ipv6) : null,
            LeastConnections = service.Balance == BalanceAlgorithm.LeastConnections,
            Affinity = Seconds(service.Affinity),
            Drain = Seconds(service.Drain),
            InsideLocal = service.Inside == TrafficScope.Local,
            OutsideLocal = service.Outside == TrafficScope.Local,
            NodePorts = service.NodePorts.IsEmpty
                ? null
                : [.. service.NodePorts.Select(port => new NodePortEntry(ids.First + service.Ports.IndexOf(port.Port), port.Number))],
            LoadBalancers = service.LoadBalancers.IsEmpty
                ? null
                : [.. service.LoadBalancers.Select(balancer => new LoadBalancerEntry(
                    [.. balancer.Addresses.Select(address => address.ToString())],
                    balancer.From is { } from
                        ? [.. SourcePrefixes.Of(from).Select(source => new SourceEntry(source.Prefix.ToString(), source.IsIn))]
                        : null))],
            Locality = service.Locality.IsEmpty ? null : [.. service.Locality.Select(locality => locality.ToString().ToLowerInvariant())],
        };
    }

    // No sum of the language's units is less than a second, nor longer than an int of them.
    private static int? Seconds(TimeSpan? time) => time is { } given ? (int)Math.Min(int.MaxValue, given.TotalSeconds) : null;
}
