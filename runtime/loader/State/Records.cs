using System.Collections.Immutable;

namespace Netpol.Loader.State;

/// <summary><c>node.json</c>: what counts up for as long as the state folder lives, and what was given out.</summary>
/// <param name="LastEndpoint">The highest endpoint id ever given; ids are never given twice.</param>
/// <param name="LastEpoch">The highest epoch ever written to a generation's state.</param>
/// <param name="Namespaces">Ids by name; a name keeps its id.</param>
/// <param name="Slots">One bit a slot, 16 hexadecimal digits a word, the word of slots 0 to 63 first.</param>
/// <param name="HostAddresses">This node's own, as they were last written to the maps, in ordinal order.</param>
/// <param name="Spare">The slot whose stubs are loaded ahead, to be given out first; 0: none.</param>
/// <param name="Cgroup">Whose sockets reach services without translation by packet; empty: nobody's.</param>
/// <param name="Zone">In which the node is; null: none that is known.</param>
/// <param name="SocketsLed">There was a cgroup once: sockets that were led then may live on.</param>
internal sealed record NodeRecord(
    int Schema,
    uint LastEndpoint,
    uint LastEpoch,
    ImmutableSortedDictionary<string, uint> Namespaces,
    string Slots,
    ImmutableArray<string> HostAddresses,
    int Spare = 0,
    string Cgroup = "",
    string? Zone = null,
    bool SocketsLed = false)
{
    internal const int CurrentSchema = 1;

    /// <summary>What goes past the host's stack.</summary>
    internal StraightDelivery Straight { get; init; } = StraightDelivery.None;

    /// <summary>Names of the node's devices to other nodes and outside.</summary>
    internal ImmutableArray<string> Uplinks { get; init; } = [];

    /// <summary>What they do before the host's stack.</summary>
    internal XdpMode Xdp { get; init; }

    internal static readonly NodeRecord Empty = new(
        CurrentSchema, 0, 0, ImmutableSortedDictionary<string, uint>.Empty, "", []);
}

/// <summary>One endpoint's file.</summary>
/// <param name="Hook"><c>tcx</c> or <c>clsact</c>.</param>
/// <param name="Attached">False from the first write until every map has the endpoint.</param>
/// <param name="Pending">What <see cref="Endpoints.Settlement"/> has still to do.</param>
/// <param name="SocketNamespace">The cookie of the container's network namespace; 0: not known.</param>
internal sealed record EndpointRecord(
    int Schema, uint Id, int Slot, int InterfaceIndex, uint NamespaceId, string Hook, bool Attached, EndpointSpec Spec, Pending Pending,
    ulong SocketNamespace = 0);

/// <summary>What an endpoint that is judged already gets later, because it takes long.</summary>
[Flags]
internal enum Pending
{
    None = 0,

    /// <summary>Programs of its own, in place of the provisional ones.</summary>
    Programs = 1,

    /// <summary>TCX links, in place of clsact filters.</summary>
    Links = 2,
}

/// <summary><c>generation.json</c>: where a generation came from.</summary>
/// <param name="Stamp">Of the bundle's manifest file; while it is the same, nobody needs to read that file again.</param>
/// <param name="NodeMaps">Names of the maps pinned for the node; all others are the generation's.</param>
/// <param name="Revision">The epoch at which rules changed last without a new generation; 0: they are those that it was loaded with.</param>
internal sealed record GenerationRecord(
    int Schema, uint Generation, string Digest, string Bundle, string Stamp, ImmutableArray<string> NodeMaps, uint Revision = 0);
