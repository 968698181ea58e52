using System.Collections.Immutable;
using Netpol.Kubernetes.Objects;
using Netpol.Model;

namespace Netpol.Kubernetes.Export;

/// <summary>The ways to a service beside its own addresses, and who of its backends is near, as fields of a v1 Service.</summary>
internal static class ServiceWays
{
    // The API's own bound (core/v1, SessionAffinityConfig).
    private const int LongestAffinity = 86_400;

    public static string? MistakeIn(Service service) =>
        Balancers(service).GroupBy(balancer => string.Join(',', Ranges(balancer) ?? ["?"])).Count() > 1 ? "it has load balancers for several sets of clients"
        : Balancers(service).Any(balancer => Ranges(balancer) is null) ? "a load balancer's clients are not a list of prefixes"
        : service.Affinity is { } time && (time.TotalSeconds is < 1 or > LongestAffinity || time.TotalSeconds % 1 != 0) ? $"its affinity is not of 1 to {LongestAffinity} seconds"
        : service.Locality is [] or [Locality.Zone] or [Locality.Node, Locality.Zone] ? null
        : "backends are preferred by zone, or by node and zone";

    /// <param name="bare">With addresses and ports.</param>
    public static ServiceObject Add(Service service, ServiceObject bare) => bare with
    {
        BalancerAddresses = [.. Balancers(service).SelectMany(balancer => balancer.Addresses).Select(address => address.ToString())],
        ExternalAddresses = [.. service.LoadBalancers.Where(balancer => balancer.From is null).SelectMany(balancer => balancer.Addresses).Select(address => address.ToString())],
        SourceRanges = [.. Balancers(service).SelectMany(balancer => Ranges(balancer) ?? []).Distinct()],
        AffinitySeconds = (int?)service.Affinity?.TotalSeconds,
        IsOutsideLocal = service.Outside == TrafficScope.Local,
        IsInsideLocal = service.Inside == TrafficScope.Local,
        Preferences = [.. service.Locality.Select(where => where.ToString().ToLowerInvariant())],
    };

    /// <summary>Those for some; what is for anybody is an external address.</summary>
    private static IEnumerable<LoadBalancer> Balancers(Service service) => service.LoadBalancers.Where(balancer => balancer.From is not null);

    private static ImmutableArray<string>? Ranges(LoadBalancer balancer) =>
        Unnamed(balancer.From) is AddressSet.Cidr { Except.IsEmpty: true } cidr ? [.. cidr.Include.Select(prefix => prefix.ToString())] : null;

    private static AddressSet? Unnamed(AddressSet? set) => set is AddressSet.Named named ? Unnamed(named.Set) : set;
}
