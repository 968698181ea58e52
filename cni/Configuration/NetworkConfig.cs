using System.Collections.Immutable;
using System.Text.Json;

namespace Netpol.Cni.Configuration;

/// <summary>The plugin's configuration: what the administrator wrote, and what the runtime put in.</summary>
/// <param name="Name">The network's.</param>
/// <param name="Bundle">Folder of the bundle to be in force; null: whatever is in force already.</param>
/// <param name="Pins">Folder on a bpffs.</param>
/// <param name="State">Folder on a tmpfs, best.</param>
/// <param name="Hook">How programs are put on devices: <c>auto</c>, <c>tcx</c> or <c>clsact</c>.</param>
/// <param name="Cgroup">Folder of a cgroup2, whose sockets are led to backends of services; null: what is set on the node stays.</param>
/// <param name="Uplinks">The node's devices to other nodes and outside; null: what is set on the node stays.</param>
/// <param name="Xdp">What they do before the host's stack: <c>auto</c>, <c>native</c>, <c>generic</c> or <c>none</c>; null: what is set on the node stays.</param>
/// <param name="Straight">What goes to other nodes past the host's stack: <see cref="Loader.StraightDelivery"/>; null: what is set on the node stays.</param>
/// <param name="ViaStack">What goes by it after all; null: what is set on the node stays.</param>
/// <param name="Identity">From the strongest to the weakest, without <c>CNI_ARGS</c>: see <see cref="IdentityReader"/>.</param>
/// <param name="IpamType">The IPAM plugin; null where the plugin is chained.</param>
/// <param name="MtuBytes">Of a device of our own; null: the kernel's default.</param>
/// <param name="Dns">Handed to the runtime as it is.</param>
/// <param name="Previous"><c>prevResult</c>; null: not chained, or a runtime that does not say.</param>
/// <param name="ValidAttachments">GC: everything else is stale; null: not a GC.</param>
/// <param name="Text">The whole configuration as it came; an IPAM plugin is given the same.</param>
internal sealed record NetworkConfig(
    string CniVersion,
    string Name,
    string? Bundle,
    string Pins,
    string State,
    string Hook,
    string? Cgroup,
    ImmutableArray<string>? Uplinks,
    string? Xdp,
    ImmutableArray<string>? Straight,
    ImmutableArray<string>? ViaStack,
    ConfigIdentity Identity,
    string? IpamType,
    int? MtuBytes,
    JsonElement? Dns,
    JsonElement? Previous,
    ImmutableArray<AttachmentKey>? ValidAttachments,
    byte[] Text);

/// <summary>One interface of one container.</summary>
internal sealed record AttachmentKey(string ContainerId, string InterfaceName);
