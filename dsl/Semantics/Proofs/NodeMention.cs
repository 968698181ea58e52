using Netpol.Model;

namespace Netpol.Semantics.Proofs;

/// <summary>Sets that name <c>host</c> or <c>nodes</c>: where they do, the right of the node's own sockets counts.</summary>
internal static class NodeMention
{
    public static bool In(AddressSet set) => set switch
    {
        AddressSet.Host or AddressSet.Nodes => true,
        AddressSet.Named named => In(named.Set),
        AddressSet.Union union => union.Parts.Any(In),
        AddressSet.Intersection intersection => intersection.Parts.Any(In),
        AddressSet.Difference difference => In(difference.Left) || In(difference.Right),
        _ => false,
    };
}
