using System.Collections.Immutable;

namespace Netpol.Loader;

/// <summary>What is in force on a node.</summary>
/// <param name="Generation">Of the bundle in charge; 0: none was ever applied.</param>
/// <param name="Digest">The bundle's; null without one.</param>
/// <param name="Bundle">The folder it was applied from; null without one.</param>
/// <param name="Epoch">Changes whenever a running connection may have to be judged anew.</param>
public sealed record NodeStatus(
    uint Generation,
    string? Digest,
    string? Bundle,
    uint Epoch,
    ImmutableArray<string> HostAddresses,
    ImmutableArray<EndpointStatus> Endpoints)
{
    /// <summary>Whose sockets reach services without translation by packet; null: nobody's.</summary>
    public string? Cgroup { get; init; }

    /// <summary>What leaves for other nodes past the host's stack.</summary>
    public StraightDelivery Straight { get; init; } = StraightDelivery.None;

    /// <summary>What was asked for of <see cref="Uplinks"/>; each says what it has.</summary>
    public XdpMode Xdp { get; init; }

    /// <summary>By which devices packets come straight to containers.</summary>
    public ImmutableArray<UplinkStatus> Uplinks { get; init; } = [];
}

/// <summary>A device of the node that leads to other nodes or outside.</summary>
/// <param name="Attached">False: the device or the program on it has gone; what comes by it goes by the host's stack.</param>
public sealed record UplinkStatus(string Device, bool Attached)
{
    /// <summary>Where load balancing goes on before the host's stack: in the driver, behind it, or, though it may have been asked for, not at all.</summary>
    public XdpMode Xdp { get; init; }
}

/// <summary>An attached container.</summary>
/// <param name="Id">Never given to another endpoint of this node.</param>
/// <param name="Hook"><c>tcx</c> or <c>clsact</c>.</param>
/// <param name="Attached">False: an attachment was cut short; nothing passes until it is repeated or removed.</param>
/// <param name="Sets">Names of the bundle's sets that hold the endpoint by any of its addresses.</param>
/// <param name="Policies">Names of the policies that select it.</param>
public sealed record EndpointStatus(
    uint Id,
    int Slot,
    int InterfaceIndex,
    string Hook,
    bool Attached,
    ImmutableArray<string> Sets,
    ImmutableArray<string> Policies,
    EndpointSpec Spec);
