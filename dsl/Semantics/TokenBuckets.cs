namespace Netpol.Semantics;

/// <summary>
/// The state of limits over time. Of each bucket it knows when it will be full again: a connection moves that by the time in which one
/// token comes, and is not allowed where that would be later than a burst from now (the virtual scheduling algorithm of ITU-T I.371).
/// </summary>
public sealed class TokenBuckets
{
    private readonly Dictionary<Bucket, long> _fullAt = [];

    /// <param name="now">Nanoseconds of any clock that does not go back.</param>
    public bool IsSpent(Bucket bucket, long now) => FullAt(bucket, now) - now > (bucket.Limit.Burst - 1) * bucket.Limit.NanosecondsEach;

    /// <summary>Takes one token out of the bucket that decided a verdict.</summary>
    public void Pay(Bucket bucket, long now) => _fullAt[bucket] = FullAt(bucket, now) + bucket.Limit.NanosecondsEach;

    private long FullAt(Bucket bucket, long now) => Math.Max(now, _fullAt.GetValueOrDefault(bucket, now));
}
