using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using System.Runtime.InteropServices;
using Netpol.Bundle;
using Netpol.Loader;
using Netpol.Loader.Abi;
using Netpol.Loader.Native;
using Netpol.Loader.State;
using Netpol.Loader.Tables;

namespace Netpol.Observe;

/// <summary>Joins events with what the state folder knows: the manifest of their generation, and who the endpoints are.</summary>
internal sealed class Explainer(StateFolder state)
{
    private const byte LogFlag = 1;
    private const byte SampledFlag = 2;
    private const byte ReplyFlag = 4;
    private const int MicrosecondTicks = 10;

    // Each may hold a hundred thousand rules.
    private const int MostManifests = 4;

    private static readonly string[] Exits = ["none", "stack", "peer", "drop", "reject", "neighbour"];

    private readonly Dictionary<(uint Generation, uint Revision), Manifest?> _manifests = [];
    private (uint Generation, uint Epoch, uint Revision) _last;
    private readonly Dictionary<uint, EndpointRecord> _endpoints = [];

    internal Observation Explain(in FlowEvent flow)
    {
        var manifest = ManifestOf(flow.Generation, flow.Epoch);
        var rule = manifest?.Rules.FirstOrDefault(Matches(flow.Rule));
        var reason = Enum.IsDefined((Reason)flow.Reason) ? (Reason)flow.Reason : Reason.None;
        var direction = flow.Direction == 0 ? "egress" : "ingress";
        var judged = EndpointOf(flow.Endpoint);
        var policies = reason == Reason.DefaultDeny && judged is not null && manifest is not null
            ? PoliciesOf(manifest, judged, flow.Direction)
            : [];
        var hasPorts = flow.Protocol is Protocols.Tcp or Protocols.Udp or Protocols.Sctp;
        var isIcmp = flow.Protocol is Protocols.Icmp or Protocols.Icmpv6;
        return new Observation(
            TimeOf(flow.Time),
            Words.NameOf((Verdict)flow.Verdict),
            Words.NameOf(reason),
            Why(reason, rule, policies, flow.Service == 0 ? null : ServiceOf(manifest, flow.Service)),
            direction,
            rule is null ? null : string.Create(CultureInfo.InvariantCulture, $"{rule.File}:{rule.Line}:{rule.Column}"),
            rule?.Text,
            rule?.Policy,
            policies,
            Named(flow.Endpoint, judged),
            Named(flow.Peer, EndpointOf(flow.Peer)),
            AddressOf(flow.Family, flow.Source),
            AddressOf(flow.Family, flow.Destination),
            flow.Family == 0 ? null : Protocols.Name(flow.Protocol),
            hasPorts ? HostOrder(flow.SourcePort) : null,
            hasPorts ? HostOrder(flow.DestinationPort) : null,
            // abi.h: of ICMP, type and code stand in the ports, in host order.
            isIcmp ? flow.SourcePort : null,
            isIcmp ? flow.DestinationPort : null,
            flow.Protocol == Protocols.Tcp ? Words.TcpFlags(flow.TcpFlags) : null,
            flow.Service == 0 ? null : ServiceOf(manifest, flow.Service),
            BackendOf(flow),
            flow.Length,
            (flow.Flags & ReplyFlag) != 0,
            (flow.Flags & LogFlag) != 0,
            (flow.Flags & SampledFlag) != 0,
            flow.Exit < Exits.Length ? Exits[flow.Exit] : Exits[0],
            flow.Ifindex,
            flow.Generation);
    }

    private static Func<RuleEntry, bool> Matches(uint id) => rule => rule.Id == id;

    private static string Why(Reason reason, RuleEntry? rule, ImmutableArray<string> policies, string? service) => reason switch
    {
        Reason.Rule when rule is not null => $"{rule.Text} (policy {rule.Policy})",
        Reason.DefaultDeny when policies.Length > 0 =>
            $"selected by {string.Join(", ", policies.Select(policy => $"policy {policy}"))}, and no rule matches",
        Reason.ServicePort or Reason.ServiceBackends when service is not null => $"{Words.SentenceOf(reason)} (service {service})",
        _ => Words.SentenceOf(reason),
    };

    private static ImmutableArray<string> PoliciesOf(Manifest manifest, EndpointRecord record, byte direction)
    {
        PlacedEndpoint endpoint = new(record);
        var members = endpoint.Addresses.Select(address => endpoint.MembersOf(manifest, address)).ToArray();
        return
        [
            .. manifest.Policies
                .Where(policy => direction == 0 ? policy.IsolatesEgress : policy.IsolatesIngress)
                .Where(policy => members.Any(words => Placement.IsIn(words, policy.Bit)))
                .Select(policy => policy.Name),
        ];
    }

    private static string? ServiceOf(Manifest? manifest, uint id) =>
        manifest?.Services.Where(service => service.Id == id).Select(service => service.Name).FirstOrDefault();

    private static string? BackendOf(in FlowEvent flow)
    {
        if (flow.Service == 0 || AddressOf(flow.Family, flow.Backend) is not { } address || flow.BackendPort == 0)
        {
            return null;
        }

        return string.Create(
            CultureInfo.InvariantCulture, $"{(flow.Family == 6 ? $"[{address}]" : address)}:{HostOrder(flow.BackendPort)}");
    }

    private static string? AddressOf(byte family, Bytes16 bytes)
    {
        var span = MemoryMarshal.AsBytes(MemoryMarshal.CreateReadOnlySpan(ref bytes, 1));
        return family switch
        {
            4 => new IPAddress(span[..4]).ToString(),
            6 => new IPAddress(span).ToString(),
            _ => null,
        };
    }

    private static int HostOrder(ushort port) => BinaryPrimitives.ReverseEndianness(port);

    private static ObservedEndpoint? Named(uint id, EndpointRecord? record) => id == 0
        ? null
        : new ObservedEndpoint(id, record?.Spec.Name, record?.Spec.Namespace, record?.Spec.Labels, record?.Spec.ContainerId);

    /// <summary>The event's clock is CLOCK_MONOTONIC; how far that is from UTC is asked each time, as UTC may be set.</summary>
    private static unsafe string TimeOf(ulong nanoseconds)
    {
        timespec now = default;
        _ = LibC.clock_gettime(LibC.CLOCK_MONOTONIC, &now);
        var age = (long)now.tv_sec * 1_000_000_000 + now.tv_nsec - (long)nanoseconds;
        return DateTime.UtcNow.AddTicks(-age / 1000 * MicrosecondTicks)
            .ToString("yyyy-MM-ddTHH:mm:ss.ffffffZ", CultureInfo.InvariantCulture);
    }

    /// <param name="epoch">0: no rule decided, and how the rules were does not matter.</param>
    private Manifest? ManifestOf(uint generation, uint epoch)
    {
        if (_last.Generation != generation || _last.Epoch != epoch)
        {
            _last = (generation, epoch, epoch == 0 ? 0 : state.RevisionAt(generation, epoch));
        }

        if (!_manifests.TryGetValue((generation, _last.Revision), out var manifest))
        {
            if (_manifests.Count >= MostManifests)
            {
                _manifests.Clear();
            }

            _manifests[(generation, _last.Revision)] = manifest = state.ReadManifest(generation, _last.Revision);
        }

        return manifest;
    }

    /// <summary>Null: no endpoint, or one that has gone. Files are read again only for an id not seen yet.</summary>
    private EndpointRecord? EndpointOf(uint id)
    {
        if (id == 0)
        {
            return null;
        }

        if (!_endpoints.ContainsKey(id))
        {
            foreach (var record in state.ReadEndpoints().Concat(state.Remotes.Endpoints.Values))
            {
                _endpoints[record.Id] = record;
            }
        }

        return _endpoints.GetValueOrDefault(id);
    }
}
