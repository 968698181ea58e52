using Netpol.Model;
using Netpol.Semantics;
using Netpol.Semantics.Proofs;

namespace Netpol.Questions;

/// <summary>
/// Addresses for endpoints that were given none: of the declared pod range where there is one, and in as few of the
/// model's prefixes as can be, since a <c>cidr</c> rule would otherwise match by an accident of choice.
/// </summary>
public sealed class UnusedAddresses(NetworkModel model)
{
    private readonly Dictionary<(IpFamily Family, int Which), Address> _found = [];

    public IpFamily PreferredFamily => model.Cluster.HasV4 ? IpFamily.V4 : IpFamily.V6;

    /// <param name="which">From 0; each gets an address of its own.</param>
    public Address Find(IpFamily family, int which) =>
        _found.TryGetValue((family, which), out var known) ? known : _found[(family, which)] = Choose(family, which);

    private Address Choose(IpFamily family, int which)
    {
        var prefixes = UsedPrefixes.Of(model).Where(prefix => prefix.Family == family).ToList();
        var kinds = new AddressKinds(model);
        var ranges = model.Cluster.PodRanges.Where(range => range.Family == family).ToList();
        var starts = ranges.Count > 0
            ? ranges
            : [Prefix.Parse(family == IpFamily.V4 ? "10.0.0.0/8" : "fd00::/8"), Prefix.Parse(family == IpFamily.V4 ? "172.16.0.0/12" : "fc00::/8")];

        // Just behind each prefix something else begins: if any address is in fewer of them, one of these is.
        var candidates = starts.SelectMany(range => prefixes
            .Select(prefix => prefix.Last).Prepend(range.Network)
            .Select(address => address with { Bits = address.Bits + 1 + (uint)which })
            .Where(range.Contains));
        return candidates
            .Except(Enumerable.Range(0, which).Select(earlier => Find(family, earlier)))
            .Where(address => kinds.Of(address) is AddressKind.World or AddressKind.UnknownPod)
            .DefaultIfEmpty(starts[0].Network with { Bits = starts[0].Network.Bits + 1 + (uint)which })
            .MinBy(address => prefixes.Count(prefix => prefix.Contains(address)));
    }
}
