using System.Collections.Immutable;

namespace Netpol.Loader;

/// <summary>How a node is opened.</summary>
/// <param name="Hook">How programs are put on devices; a test may force the fallback.</param>
/// <param name="Wait">How long to wait for another process that changes this node; null: 30 seconds.</param>
/// <param name="Zone">In which this node is, for services with <c>locality prefer zone</c>; it is kept. Null: as it was said before.</param>
/// <param name="Uplinks">The node's devices to other nodes and outside (<see cref="Node.AttachUplinks"/>); it is kept. Null: as it was said before.</param>
/// <param name="ReadOnly">Only look: shares the lock with other readers, repairs and changes nothing.</param>
public sealed record NodeOptions(
    HookKind Hook = HookKind.Auto, TimeSpan? Wait = null, bool ReadOnly = false, string? Zone = null, ImmutableArray<string>? Uplinks = null)
{
    /// <summary>What uplinks do before the host's stack (<see cref="Node.AttachXdp"/>); it is kept. Null: as it was said before.</summary>
    public XdpMode? Xdp { get; init; }

    /// <summary><see cref="StraightDelivery.To"/>; it is kept. Null: as it was said before.</summary>
    public ImmutableArray<string>? Straight { get; init; }

    /// <summary><see cref="StraightDelivery.ViaStack"/>; it is kept. Null: as it was said before.</summary>
    public ImmutableArray<string>? ViaStack { get; init; }
}

/// <summary>The two ways to run a program at a device's ingress and egress.</summary>
public enum HookKind
{
    /// <summary>TCX where this node has it, else clsact; found by trying.</summary>
    Auto = 0,

    /// <summary>A bpf_link (kernel 6.6): nobody removes it by accident.</summary>
    Tcx = 1,

    /// <summary>A filter of the clsact qdisc.</summary>
    Clsact = 2,
}
