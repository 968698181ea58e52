namespace Netpol.Bench.Counting;

/// <summary>A place where a program calls a helper.</summary>
/// <param name="Map">That the first argument names; empty: none, or not known where.</param>
internal readonly record struct CallSite(string Program, int Helper, string Map)
{
    // enum bpf_func_id of linux/bpf.h.
    private const int Lookup = 1, Update = 2, Delete = 3, KtimeGet = 5, Random = 7, StoreBytes = 9, L3Checksum = 10, L4Checksum = 11, Tail = 12, Redirect = 23, LoadBytes = 26,
        CsumDiff = 28, ChangeType = 32, FibLookup = 69, SpinLock = 93, SpinUnlock = 94, RingReserve = 131, RingSubmit = 132, Jiffies = 118, RedirectNeigh = 152, RedirectPeer = 155, KtimeCoarse = 160, Loop = 181;

    internal bool IsLookup => Helper == Lookup;

    internal bool IsUpdate => Helper is Update or Delete;

    internal bool IsTailCall => Helper == Tail;

    /// <summary>These read no register, so what is in the first argument's may be lost.</summary>
    internal static bool TakesNothing(int helper) => helper is KtimeGet or Random or Jiffies or KtimeCoarse or 8 or 125;

    public override string ToString() => Helper switch
    {
        Lookup => $"look up {Map}",
        Update => $"update {Map}",
        Delete => $"delete {Map}",
        Tail => $"tail call by {Map}",
        KtimeGet => "ktime_get_ns",
        KtimeCoarse => "ktime_get_coarse_ns",
        Jiffies => "jiffies64",
        Random => "get_prandom_u32",
        StoreBytes => "skb_store_bytes",
        LoadBytes => "skb_load_bytes",
        L3Checksum => "l3_csum_replace",
        L4Checksum => "l4_csum_replace",
        CsumDiff => "csum_diff",
        ChangeType => "skb_change_type",
        SpinLock => "spin_lock",
        SpinUnlock => "spin_unlock",
        RingReserve => "ringbuf_reserve",
        RingSubmit => "ringbuf_submit",
        Redirect => "redirect",
        FibLookup => "fib_lookup",
        RedirectNeigh => "redirect_neigh",
        RedirectPeer => "redirect_peer",
        Loop => "loop",
        _ => $"helper {Helper}",
    };
}
