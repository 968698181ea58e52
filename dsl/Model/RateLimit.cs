namespace Netpol.Model;

/// <summary><c>limit 200/s burst 400 per source</c>: how many new connections a rule may allow.</summary>
/// <param name="Connections">So many in <paramref name="PerSeconds"/>; above 0, may have a fraction.</param>
/// <param name="PerSeconds">1, 60 or 3600.</param>
/// <param name="Burst">So many at once after a time of rest, from 1.</param>
/// <param name="IsPerSource">
/// A bucket for each source: an endpoint with all its addresses, else an IPv4 address or an IPv6 prefix of 64 bits.
/// </param>
public sealed record RateLimit(decimal Connections, int PerSeconds, int Burst, bool IsPerSource)
{
    public const int HighestPerSecond = 1_000_000;
    public const int HighestBurst = 1_000_000;

    /// <summary>The time in which a bucket gains the token of one connection, at most an hour; rounded up, so that a rate is never exceeded.</summary>
    public long NanosecondsEach => (long)Math.Ceiling(PerSeconds * 1_000_000_000m / Connections);
}
