using System.Collections.Immutable;
using Netpol.Kubernetes.Objects;

namespace Netpol.Kubernetes.Reading;

/// <summary>
/// By what ways a Service is reached beside its cluster addresses, and how its backends are chosen. What is left out is reported: the service goes
/// without it.
/// </summary>
internal sealed class ServiceWayReader(ImportLog log, FieldReader spec, ObjectMetadata metadata)
{
    // The API's own bounds and default (core/v1, SessionAffinityConfig).
    private const int LongestAffinity = 86_400, UsualAffinity = 10_800;

    /// <param name="status">Of the object; null: it has none.</param>
    public ServiceObject Read(ServiceObject service, FieldReader? status, string type)
    {
        var balancers = ReadBalancers(status, type);
        var external = Addresses(spec.Texts("externalIPs"), "externalIPs");
        var affinity = ReadAffinity();
        spec.Ignore("allocateLoadBalancerNodePorts", "loadBalancerClass", "publishNotReadyAddresses");
        return service with
        {
            BalancerAddresses = balancers,
            ExternalAddresses = [.. external.Except(balancers)],
            SourceRanges = ReadRanges(type),
            AffinitySeconds = affinity,
            IsOutsideLocal = IsLocal("externalTrafficPolicy"),
            IsInsideLocal = IsLocal("internalTrafficPolicy"),
            Preferences = ReadDistribution(),
        };
    }

    private ImmutableArray<string> ReadBalancers(FieldReader? status, string type)
    {
        var asked = spec.Text("loadBalancerIP");
        if (type != "LoadBalancer")
        {
            return [];
        }

        var found = ImmutableArray.CreateBuilder<string>();
        var entries = status?.Mapping("loadBalancer")?.Mappings("ingress").ToImmutableArray() ?? [];
        foreach (var entry in entries)
        {
            var address = entry.Text("ip");
            if (entry.Text("ipMode") is "Proxy")
            {
                LeaveOut(entry, "ipMode", "ipMode: Proxy", "what comes by it comes from the load balancer's own addresses");
            }
            else if (!string.IsNullOrEmpty(address))
            {
                found.AddRange(Addresses([(address, entry.SpanOf("ip"))], "status.loadBalancer.ingress.ip"));
            }
            else
            {
                LeaveOut(entry, "hostname", "hostname", "it is a name in DNS, no address");
            }

            entry.Ignore("hostname", "ports");
        }

        if (entries.IsEmpty)
        {
            LeaveOut(spec, "type", "type: LoadBalancer", "it has no address in `status`: the cluster gives it one");
        }
        else if (!string.IsNullOrEmpty(asked) && !found.Contains(asked))
        {
            LeaveOut(spec, "loadBalancerIP", "loadBalancerIP", "it asks for an address, and the one in `status` counts");
        }

        return [.. found.Distinct()];
    }

    private ImmutableArray<string> ReadRanges(string type)
    {
        var ranges = Blocks.ReadPrefixes(spec, "loadBalancerSourceRanges");
        if (type == "LoadBalancer" || ranges.IsEmpty)
        {
            return ranges;
        }

        LeaveOut(spec, "loadBalancerSourceRanges", "loadBalancerSourceRanges", "it has no load balancer");
        return [];
    }

    private int? ReadAffinity()
    {
        var client = spec.Mapping("sessionAffinityConfig")?.Mapping("clientIP");
        var seconds = client?.Integer("timeoutSeconds");
        if (seconds is < 1 or > LongestAffinity)
        {
            log.Report(
                ImportDiagnostics.Invalid, client?.SpanOf("timeoutSeconds") ?? spec.Span, "spec.sessionAffinityConfig.clientIP.timeoutSeconds",
                $"`{seconds}` is not in 1 to {LongestAffinity}");
            seconds = null;
        }

        client?.Close();
        return (spec.Text("sessionAffinity") ?? "None") switch
        {
            "None" => null,
            "ClientIP" => (int)(seconds ?? UsualAffinity),
            var other => Invalid("sessionAffinity", other, "ClientIP or None"),
        };
    }

    private bool IsLocal(string field) => (spec.Text(field) ?? "Cluster") switch
    {
        "Cluster" => false,
        "Local" => true,
        var other => Invalid(field, other, "Cluster or Local") is not null,
    };

    /// <summary>KEP 4444 and KEP 3015: PreferClose is the former name of PreferSameZone.</summary>
    private ImmutableArray<string> ReadDistribution()
    {
        switch (spec.Text("trafficDistribution"))
        {
            case null:
                return [];
            case "PreferClose" or "PreferSameZone":
                return ["zone"];
            case "PreferSameNode":
                return ["node", "zone"];
            case var other:
                _ = Invalid("trafficDistribution", other, "PreferSameZone, PreferSameNode or PreferClose");
                return [];
        }
    }

    private ImmutableArray<string> Addresses(ImmutableArray<(string Text, Netpol.Text.TextSpan Span)> written, string field) =>
        [.. written.Select(address => Blocks.ReadAddress(address.Text, address.Span, field, log)).OfType<string>().Distinct()];

    private int? Invalid(string field, string value, string expected)
    {
        log.Report(ImportDiagnostics.Invalid, spec.SpanOf(field), spec.PathOf(field), $"`{value}` is not {expected}");
        return null;
    }

    private void LeaveOut(FieldReader fields, string field, string what, string reason) =>
        log.Report(ImportDiagnostics.ServiceFeature, fields.SpanOf(field), what, metadata.FullName, reason);
}
