using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace Netpol.Observe;

/// <summary>One event, explained. The names of its JSON form are documented in <c>docs/runtime.md</c> and do not change.</summary>
/// <param name="Time">UTC, RFC 3339 with microseconds.</param>
/// <param name="Verdict"><c>allow</c>, <c>deny</c> or <c>reject</c>.</param>
/// <param name="Reason">A word that does not change; <paramref name="Why"/> says it in a sentence.</param>
/// <param name="Direction">Whose verdict it was: <c>egress</c> of the source, <c>ingress</c> of the destination.</param>
/// <param name="Rule"><c>file:line:column</c>; null where no rule decided.</param>
/// <param name="Policies">Of a default deny: the policies that select the endpoint in this direction.</param>
/// <param name="Endpoint">The judged end; null where it is unknown.</param>
/// <param name="Peer">The other end; null where it is no endpoint of this node.</param>
/// <param name="Source">As the packet came, before translation; null of what is no IP.</param>
/// <param name="SourcePort">Null where the protocol has none.</param>
/// <param name="Backend">Where the service sent it, <c>address:port</c>.</param>
/// <param name="Exit"><c>stack</c>, <c>peer</c>, <c>neighbour</c>, <c>drop</c> or <c>reject</c>.</param>
public sealed record Observation(
    string Time,
    string Verdict,
    string Reason,
    string Why,
    string Direction,
    string? Rule,
    string? RuleText,
    string? Policy,
    ImmutableArray<string> Policies,
    ObservedEndpoint? Endpoint,
    ObservedEndpoint? Peer,
    string? Source,
    string? Destination,
    string? Protocol,
    int? SourcePort,
    int? DestinationPort,
    int? IcmpType,
    int? IcmpCode,
    string? TcpFlags,
    string? Service,
    string? Backend,
    int Length,
    bool Reply,
    bool Logged,
    bool Sampled,
    string Exit,
    uint Interface,
    uint Generation);

/// <param name="Name">Null: the runtime gave none, or the container has gone.</param>
public sealed record ObservedEndpoint(
    uint Id, string? Name, string? Namespace, ImmutableSortedDictionary<string, string>? Labels, string? ContainerId);

/// <summary>One line a document, every field always there.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(Observation))]
public sealed partial class ObservationJson : JsonSerializerContext;
