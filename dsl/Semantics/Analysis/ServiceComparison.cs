using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using Netpol.Model;

namespace Netpol.Semantics.Analysis;

/// <summary>Services of two models, by name: what they are reached by, and where connections go. Sets are compared by whom they could hold.</summary>
internal sealed class ServiceComparison(JudgementSpace space, JudgementConstraints constraints)
{
    public ImmutableArray<ServiceChange> Compare(NetworkModel old, NetworkModel @new)
    {
        var (before, after) = (old.Services.ToDictionary(service => service.Name), @new.Services.ToDictionary(service => service.Name));
        return
        [
            .. before.Keys.Union(after.Keys).Order(StringComparer.Ordinal)
                .Select(name => Compare(name, before.GetValueOrDefault(name), after.GetValueOrDefault(name)))
                .Where(change => !change.Differences.IsEmpty),
        ];
    }

    private ServiceChange Compare(string name, Service? old, Service? @new) => new(name, old, @new, (old, @new) switch
    {
        (null, _) => ["the service is new"],
        (_, null) => ["the service is gone"],
        _ =>
        [
            .. Sets("address", old.Addresses.Select(address => address.ToString()), @new.Addresses.Select(address => address.ToString())),
            .. Sets("port", old.Ports.Select(ServiceText.Port), @new.Ports.Select(ServiceText.Port)),
            .. Sets("node port", old.NodePorts.Select(NodePort), @new.NodePorts.Select(NodePort)),
            .. Balancers(old, @new),
            .. IsSame(old.Backends, @new.Backends) ? [] : new[] { $"backends were {Text(old.Backends)} and are {Text(@new.Backends)}" },
            .. Lines("balance", Word(old.Balance), Word(@new.Balance)),
            .. Lines("affinity", Time(old.Affinity), Time(@new.Affinity)),
            .. Lines("outside", Word(old.Outside), Word(@new.Outside)),
            .. Lines("inside", Word(old.Inside), Word(@new.Inside)),
            .. Lines("locality", Words(old.Locality), Words(@new.Locality)),
            .. Lines("drain", Time(old.Drain), Time(@new.Drain)),
        ],
    });

    private IEnumerable<string> Balancers(Service old, Service @new)
    {
        var (before, after) = (ByAddress(old), ByAddress(@new));
        return Sets("load balancer", before.Keys.Select(address => address.ToString()), after.Keys.Select(address => address.ToString()))
            .Concat(before.Keys.Where(after.ContainsKey).Where(address => !IsSame(before[address], after[address]))
                .Select(address => $"load balancer {address} was for {Text(before[address])} and is for {Text(after[address])}"));
    }

    private static SortedDictionary<Address, AddressSet> ByAddress(Service service)
    {
        var balancers = new SortedDictionary<Address, AddressSet>();
        foreach (var balancer in service.LoadBalancers)
        {
            foreach (var address in balancer.Addresses)
            {
                balancers.TryAdd(address, balancer.From ?? new AddressSet.Any());
            }
        }

        return balancers;
    }

    private bool IsSame(BackendSource old, BackendSource @new) => (old, @new) switch
    {
        (BackendSource.Endpoints before, BackendSource.Endpoints after) => IsSame(before.Set, after.Set),
        (BackendSource.Literal, BackendSource.Literal) => Text(old) == Text(@new),
        _ => false,
    };

    private bool IsSame(AddressSet old, AddressSet @new) =>
        space.Diagram.And(constraints.Peer, space.PeerSets[0].Contains(old)) == space.Diagram.And(constraints.Peer, space.PeerSets[1].Contains(@new));

    private static IEnumerable<string> Sets(string what, IEnumerable<string> old, IEnumerable<string> @new)
    {
        var (before, after) = (old.ToHashSet(StringComparer.Ordinal), @new.ToHashSet(StringComparer.Ordinal));
        return before.Except(after, StringComparer.Ordinal).Order(StringComparer.Ordinal).Select(gone => $"{what} {gone} is gone")
            .Concat(after.Except(before, StringComparer.Ordinal).Order(StringComparer.Ordinal).Select(added => $"{what} {added} is new"));
    }

    private static IEnumerable<string> Lines(string what, string old, string @new) => old == @new ? [] : [$"{what} was `{old}` and is `{@new}`"];

    private static string NodePort(NodePort port) => $"{port.Number} to {Traffic.To(port.Port.Protocol, port.Port.Port)}";

    private static string Word(BalanceAlgorithm balance) => balance switch
    {
        BalanceAlgorithm.Random => "random",
        BalanceAlgorithm.Maglev => "maglev",
        BalanceAlgorithm.LeastConnections => "least-connections",
        _ => throw new UnreachableException(),
    };

    private static string Word(TrafficScope scope) => scope == TrafficScope.Local ? "local" : "cluster";

    private static string Words(ImmutableArray<Locality> localities) =>
        localities.IsEmpty ? "none" : string.Join(", ", localities.Select(locality => locality == Locality.Node ? "node" : "zone"));

    private static string Time(TimeSpan? time) => time is { } known ? string.Create(CultureInfo.InvariantCulture, $"{known.TotalSeconds}s") : "none";

    private static string Text(AddressSet set) => $"`{SetText.Of(Unnamed(set))}`";

    private static string Text(BackendSource backends) => backends switch
    {
        BackendSource.Endpoints endpoints => Text(endpoints.Set),
        BackendSource.Literal literal => $"`{string.Join(", ", literal.Backends.Select(backend => $"{backend.Address} weight {backend.Weight}").Order(StringComparer.Ordinal))}`",
        _ => throw new UnreachableException(),
    };

    // What a group stands for may have changed behind its name.
    private static AddressSet Unnamed(AddressSet set) => set switch
    {
        AddressSet.Named named => Unnamed(named.Set),
        AddressSet.Union union => new AddressSet.Union([.. union.Parts.Select(Unnamed)]),
        AddressSet.Intersection intersection => new AddressSet.Intersection([.. intersection.Parts.Select(Unnamed)]),
        AddressSet.Difference difference => new AddressSet.Difference(Unnamed(difference.Left), Unnamed(difference.Right)),
        _ => set,
    };
}
