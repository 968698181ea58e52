using System.Diagnostics;

namespace Netpol.Compiler.Bpf;

/// <summary>The kernel's names of helpers.</summary>
public static class Helpers
{
    /// <summary>Without <c>bpf_</c>.</summary>
    public static string Name(Helper helper) => helper switch
    {
        Helper.None => "unspec",
        Helper.MapLookupElem => "map_lookup_elem",
        Helper.MapUpdateElem => "map_update_elem",
        Helper.MapDeleteElem => "map_delete_elem",
        Helper.KtimeGetNs => "ktime_get_ns",
        Helper.TracePrintk => "trace_printk",
        Helper.GetPrandomU32 => "get_prandom_u32",
        Helper.GetSmpProcessorId => "get_smp_processor_id",
        Helper.SkbStoreBytes => "skb_store_bytes",
        Helper.L3CsumReplace => "l3_csum_replace",
        Helper.L4CsumReplace => "l4_csum_replace",
        Helper.TailCall => "tail_call",
        Helper.CloneRedirect => "clone_redirect",
        Helper.SkbVlanPush => "skb_vlan_push",
        Helper.SkbVlanPop => "skb_vlan_pop",
        Helper.Redirect => "redirect",
        Helper.SkbLoadBytes => "skb_load_bytes",
        Helper.CsumDiff => "csum_diff",
        Helper.SkbChangeProto => "skb_change_proto",
        Helper.SkbChangeType => "skb_change_type",
        Helper.GetHashRecalc => "get_hash_recalc",
        Helper.SkbChangeTail => "skb_change_tail",
        Helper.SkbPullData => "skb_pull_data",
        Helper.CsumUpdate => "csum_update",
        Helper.SkbChangeHead => "skb_change_head",
        Helper.XdpAdjustHead => "xdp_adjust_head",
        Helper.SkbAdjustRoom => "skb_adjust_room",
        Helper.RedirectMap => "redirect_map",
        Helper.FibLookup => "fib_lookup",
        Helper.SkbEcnSetCe => "skb_ecn_set_ce",
        Helper.KtimeGetBootNs => "ktime_get_boot_ns",
        Helper.RingbufOutput => "ringbuf_output",
        Helper.RingbufReserve => "ringbuf_reserve",
        Helper.RingbufSubmit => "ringbuf_submit",
        Helper.RingbufDiscard => "ringbuf_discard",
        Helper.CsumLevel => "csum_level",
        Helper.RedirectNeigh => "redirect_neigh",
        Helper.RedirectPeer => "redirect_peer",
        Helper.KtimeGetCoarseNs => "ktime_get_coarse_ns",
        Helper.Loop => "loop",
        Helper.SkbSetTstamp => "skb_set_tstamp",
        _ => throw new UnreachableException(),
    };
}
