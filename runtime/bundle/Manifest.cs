using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace Netpol.Bundle;

/// <summary>
/// What a node needs to know of a bundle beside its object file: how to place a new endpoint, what to fill the maps
/// with, and what a rule id means. Written by the compiler, read by loader, CNI and observers; the only thing they share.
/// Stored as <c>manifest.json</c> in the bundle's folder.
/// </summary>
/// <param name="Schema"><see cref="CurrentSchema"/>; a reader refuses what it does not know.</param>
/// <param name="Digest">SHA-256 in lower-case hex over the object file and this manifest without the digest.</param>
/// <param name="Backend"><c>c</c> or <c>bytecode</c>.</param>
/// <param name="Object">File name of the ELF object in the bundle's folder.</param>
/// <param name="Sources">Paths of the source files from the build root, in ordinal order.</param>
/// <param name="Namespaces">Labels of the namespaces that the source declares.</param>
/// <param name="Sets">The sets that are asked for; the index is the bit of the set.</param>
/// <param name="Classes">The bits of the sets, ascending, that each address class of the split address space is in; the first has id 1.</param>
/// <param name="Prefixes">The address space split where a set begins or ends; 0.0.0.0/0 and ::/0 are always there.</param>
/// <param name="PortNames">Names that rules ask for; the index is the name's bit.</param>
/// <param name="Rules">By id; the first has id 1.</param>
public sealed record Manifest(
    int Schema,
    string Digest,
    string Backend,
    string Object,
    ImmutableArray<string> Sources,
    FeatureSet Features,
    MapLayout Layout,
    ImmutableSortedDictionary<string, ImmutableSortedDictionary<string, string>> Namespaces,
    ImmutableArray<SetEntry> Sets,
    ImmutableArray<ImmutableArray<int>> Classes,
    ImmutableArray<PrefixEntry> Prefixes,
    ImmutableArray<string> PortNames,
    ImmutableArray<PolicyEntry> Policies,
    ImmutableArray<RuleEntry> Rules,
    ImmutableArray<ServiceEntry> Services,
    ObserveEntry Observe,
    VerdictEntry Verdicts)
{
    /// <summary>The declared ranges of nodes; null: none.</summary>
    public ImmutableArray<string>? NodeRanges { get; init; }

    /// <summary>Endpoints that must not be attached; null: none.</summary>
    public ImmutableArray<AssumptionEntry>? Assumptions { get; init; }

    /// <summary>What <c>cluster { pods … }</c> declares; null: nothing.</summary>
    public ImmutableArray<string>? PodRanges { get; init; }

    public const int CurrentSchema = 3;

    public const string FileName = "manifest.json";
}

/// <summary>What the object contains code for.</summary>
public sealed record FeatureSet(bool Ipv4, bool Ipv6, bool Services, bool PortNames)
{
    /// <summary>Verdicts know tiers, reject and limits.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Tiers { get; init; }
}

/// <summary>Widths and capacities of the maps; pins made under another <paramref name="Digest"/> of node maps must migrate.</summary>
/// <param name="MemberWords">64-bit words of a bit set of sets.</param>
/// <param name="PortNameWords">64-bit words of a bit set of port names.</param>
/// <param name="Digest">SHA-256 in lower-case hex over <paramref name="Maps"/> of scope <c>node</c>.</param>
/// <param name="Classes">How many <see cref="Manifest.Classes"/> there are; the node numbers its own from there.</param>
public sealed record MapLayout(int MemberWords, int PortNameWords, int Classes, ImmutableArray<MapEntry> Maps, string Digest);

/// <param name="Scope"><c>node</c> or <c>generation</c>.</param>
/// <param name="Type">The kernel's name without prefix, lower case: <c>lru_hash</c>, <c>lpm_trie</c>.</param>
public sealed record MapEntry(string Name, string Scope, string Type, int KeySize, int ValueSize, int MaxEntries);

/// <param name="Name">The group's name, or the set's spelling where it has none; for people.</param>
public sealed record SetEntry(int Bit, string Name, SetExpression Expression)
{
    /// <summary>Only services or <c>observe</c> ask for it: it splits no class of addresses.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool IsOutsideVerdicts { get; init; }
}

/// <param name="Class">Of the addresses whose longest match this is: an id in <see cref="Manifest.Classes"/>, from 1.</param>
public sealed record PrefixEntry(string Prefix, int Class);

/// <param name="Text">The assumption as written, on one line.</param>
public sealed record AssumptionEntry(SetExpression Endpoints, string File, int Line, int Column, string Text);

/// <param name="Bit">The set of endpoints that the policy selects.</param>
public sealed record PolicyEntry(string Name, int Bit, bool IsolatesIngress, bool IsolatesEgress, string File, int Line, int Column);

/// <param name="Action"><c>allow</c>, <c>deny</c>, <c>reject</c> or <c>pass</c>.</param>
/// <param name="Direction"><c>ingress</c> or <c>egress</c>.</param>
/// <param name="Text">The rule as written, on one line.</param>
public sealed record RuleEntry(
    int Id, string Action, string Direction, string Policy, bool Log, string File, int Line, int Column, string Text)
{
    /// <summary>Of a rule that allows no more than so many connections; else null.</summary>
    public LimitEntry? Limit { get; init; }
}

/// <param name="Nanoseconds">In which a bucket gains the token of one connection.</param>
/// <param name="Burst">Tokens of a full bucket, from 1.</param>
public sealed record LimitEntry(long Nanoseconds, int Burst, bool PerSource);

/// <param name="BackendSet">Bit of the set whose endpoints are backends; null with <paramref name="Backends"/>.</param>
public sealed record ServiceEntry(
    int Id,
    string Name,
    ImmutableArray<string> Addresses,
    ImmutableArray<ServicePortEntry> Ports,
    int? BackendSet,
    ImmutableArray<BackendEntry> Backends)
{
    /// <summary>Of a service that chooses by a table; null: at random.</summary>
    public MaglevEntry? Maglev { get; init; }

    /// <summary>Of two at random the one with fewer connections.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool LeastConnections { get; init; }

    /// <summary>In seconds: how long after its last new connection a client stays on its backend; null: not at all.</summary>
    public int? Affinity { get; init; }

    /// <summary>In seconds: how long a backend that goes keeps its connections; null: as long as it is there.</summary>
    public int? Drain { get; init; }

    /// <summary>Only this node's backends get connections from it.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool InsideLocal { get; init; }

    /// <summary>Clients from outside that come by a node port or a load balancer's address get connections to this node's backends alone.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool OutsideLocal { get; init; }

    /// <summary>Ports of nodes that lead to it; null: none.</summary>
    public ImmutableArray<NodePortEntry>? NodePorts { get; init; }

    /// <summary>Addresses that lead to it beside its own; null: none.</summary>
    public ImmutableArray<LoadBalancerEntry>? LoadBalancers { get; init; }

    /// <summary><c>node</c> or <c>zone</c>: backends of the first in which there is one; null: all are alike.</summary>
    public ImmutableArray<string>? Locality { get; init; }
}

/// <param name="Port">The id of the service's port.</param>
public sealed record NodePortEntry(int Port, int Number);

/// <param name="Sources">Whom the addresses are for; null: anybody.</param>
public sealed record LoadBalancerEntry(ImmutableArray<string> Addresses, ImmutableArray<SourceEntry>? Sources);

/// <summary>The longest prefix that an address is in decides; without one it is not among the sources.</summary>
public sealed record SourceEntry(string Prefix, bool IsIn);

/// <summary>Positions of the table of each port, a prime; 0: the service has no address of the family.</summary>
public sealed record MaglevEntry(int Ipv4, int Ipv6);

/// <param name="Id">From 1, unique over all services.</param>
/// <param name="Protocol"><c>tcp</c>, <c>udp</c> or <c>sctp</c>.</param>
/// <param name="TargetPort">Null where the backend is asked for <paramref name="TargetName"/>.</param>
public sealed record ServicePortEntry(int Id, string? Name, string Protocol, int Port, int? TargetPort, string? TargetName);

public sealed record BackendEntry(string Address, int Weight);

/// <param name="Drops">Every dropped packet makes an event.</param>
/// <param name="Flows">The sampling rates and whom they are for.</param>
public sealed record ObserveEntry(bool Drops, ImmutableArray<FlowSampleEntry> Flows);

/// <param name="Bit">The set of endpoints, or null for all.</param>
public sealed record FlowSampleEntry(uint OneIn, int? Bit);

/// <summary>How verdicts are taken.</summary>
/// <param name="Kind"><c>tables</c>: from maps that the loader makes of the terms; <c>code</c>: by the object's own code.</param>
/// <param name="Reason">Why it is code; empty for tables.</param>
/// <param name="Digest">Of tables: SHA-256 in lower-case hex over <see cref="Verdicts.VerdictTerms.FileName"/>; of code: empty.</param>
public sealed record VerdictEntry(string Kind, string Reason, string Digest)
{
    public const string Tables = "tables";

    public const string Code = "code";

    [JsonIgnore]
    public bool AreTables => Kind == Tables;
}

/// <summary>Serialisation without reflection, so that NativeAOT programs read manifests too.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    WriteIndented = true,
    NewLine = "\n")]
[JsonSerializable(typeof(Manifest))]
public sealed partial class ManifestJson : JsonSerializerContext;
