using Netpol.Model;

namespace Netpol.Semantics;

/// <summary>The tokens that a limited rule has for one endpoint, or for one source of its connections.</summary>
/// <param name="Judged">The endpoint whose new connections the rule counts.</param>
/// <param name="Source">The source where the limit is per source and an endpoint; it has one bucket for all its addresses.</param>
/// <param name="SourcePrefix">Any other source, where the limit is per source: an IPv4 address or an IPv6 prefix of 64 bits.</param>
public sealed record Bucket(Rule Rule, RateLimit Limit, Endpoint Judged, Endpoint? Source, Prefix? SourcePrefix)
{
    private const int PrefixLengthV4 = 32;
    private const int PrefixLengthV6 = 64;

    internal static Bucket Of(Rule rule, RateLimit limit, Endpoint judged, in Party source) => !limit.IsPerSource
        ? new(rule, limit, judged, null, null)
        : source.Endpoint is { } endpoint
            ? new(rule, limit, judged, endpoint, null)
            : new(rule, limit, judged, null, Prefix.Of(source.Address, source.Address.Family == IpFamily.V4 ? PrefixLengthV4 : PrefixLengthV6));

    /// <summary>Rules are told apart by their place: a rule that was bound twice is the same.</summary>
    public bool Equals(Bucket? other) => other is not null && Rule.Origin == other.Rule.Origin && ReferenceEquals(Judged, other.Judged)
        && ReferenceEquals(Source, other.Source) && SourcePrefix == other.SourcePrefix;

    public override int GetHashCode() => HashCode.Combine(Rule.Origin, Judged, Source, SourcePrefix);
}
