using System.Collections.Immutable;
using Netpol.Model;

namespace Netpol.Semantics.Analysis;

/// <summary>Egress rules that name the address of a service: egress is judged after translation, on the backend.</summary>
internal static class TranslatedPeers
{
    public static IEnumerable<TranslatedPeer> Of(NetworkModel model)
    {
        var byAddress = model.Services.SelectMany(service => service.Addresses, (service, address) => (service, address))
            .GroupBy(pair => pair.address).ToDictionary(group => group.Key, group => group.First().service);
        var ranges = new PrefixSet(model.Cluster.ServiceRanges);
        return from policy in model.Policies
               from rule in policy.RulesOf(Direction.Egress)
               from cidr in Parts(rule.Peer)
               where cidr.Include.All(prefix => ranges.Contains(prefix) || (prefix.Length == prefix.Network.Width && byAddress.ContainsKey(prefix.Network)))
               let services = cidr.Include.Select(prefix => byAddress.GetValueOrDefault(prefix.Network)).OfType<Service>().Distinct().ToImmutableArray()
               select new TranslatedPeer(rule, cidr, services, ReferenceEquals(rule.Peer, cidr) && services.Length == 1 && cidr.Include.All(prefix => prefix.Length == prefix.Network.Width));
    }

    private static IEnumerable<AddressSet.Cidr> Parts(AddressSet set) => set switch
    {
        AddressSet.Cidr cidr => [cidr],
        AddressSet.Named named => Parts(named.Set),
        AddressSet.Union union => union.Parts.SelectMany(Parts),
        _ => [],
    };
}
