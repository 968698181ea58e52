using System.Collections.Immutable;
using Netpol.Model;

namespace Netpol.Semantics.Proofs;

/// <summary>Who could have an address in a cluster of a model: what proofs take for granted (decision 5).</summary>
internal sealed class AddressPossibilities(NetworkModel model, AddressKinds kinds)
{
    private readonly PrefixSet _pods = new(model.Cluster.PodRanges);
    private readonly ImmutableHashSet<IpFamily> _podFamilies = [.. model.Cluster.PodRanges.Select(range => range.Family)];
    private readonly ImmutableHashSet<IpFamily> _nodeFamilies = [.. model.Cluster.NodeRanges.Select(range => range.Family)];

    /// <summary>
    /// An endpoint may have any unicast address that is declared to be something else nowhere; where the source declares
    /// the pod range of a family, one of that range.
    /// </summary>
    public bool CanBeEndpoint(Address address) => IsPlainUnicast(address) && !kinds.IsServiceAddress(address)
        && (_podFamilies.Contains(address.Family) ? _pods.Contains(address) : kinds.Of(address) == AddressKind.World);

    public bool CanBeNode(Address address) => IsPlainUnicast(address)
        && kinds.Of(address) == (_nodeFamilies.Contains(address.Family) ? AddressKind.Node : AddressKind.World);

    /// <summary>A service's address is never seen after translation; multicast and broadcast are nobody's source.</summary>
    public bool CanBeBare(Address address, bool isSource) => !kinds.IsServiceAddress(address)
        && !WellKnown.IsLoopback(address) && address.Bits != 0 && (!isSource || WellKnown.IsUnicast(address));

    private static bool IsPlainUnicast(Address address) =>
        WellKnown.IsUnicast(address) && !WellKnown.IsLoopback(address) && !WellKnown.LinkLocalV6.Contains(address);
}
