using System.Collections.Immutable;
using Netpol.Bundle;
using Netpol.Compiler.Ir;
using Netpol.Model;

namespace Netpol.Compiler.Layout;

/// <summary>Gives the decisions of a model their places: words of bits, split addresses, ids of service ports, sizes of maps.</summary>
public static class LayoutPlanner
{
    // A node has fewer containers than slots.
    private const int MaxPortNames = 4 * MapTable.MaxSlots;
    private const int MaxFragments = 4096;

    public static DatapathLayout Plan(NetworkModel model, DecisionScope program, VerdictPlan verdicts) =>
        Plan(model, program, verdicts, AddressSpace.Of(model, program.Sets));

    /// <param name="space">Of the model and the program's sets.</param>
    public static DatapathLayout Plan(NetworkModel model, DecisionScope program, VerdictPlan verdicts, AddressSpace space)
    {
        var (prefixes4, prefixes6, classes) = space;
        var features = new FeatureSet(
            model.Cluster.HasV4, model.Cluster.HasV6, !program.Services.IsEmpty, !program.PortNames.IsEmpty)
        {
            Tiers = program.HasTiers,
        };
        var memberWords = Words(program.Sets.Length);
        var portNameWords = Words(program.PortNames.Length);
        var maglev = MaglevTables.Of(model);
        var limits = program.Rules.Count(rule => rule.Limit is not null);
        var capacities = new MapCapacities(
            program.RuleIds + 1,
            Math.Max(prefixes4.Length, prefixes6.Length) + ScaledCapacities.NodeAddresses, // the loader writes them here a second time (abi.h)
            ScaledCapacities.Addresses(model.Scale),
            classes.Members.Length + 1 + ScaledCapacities.Addresses(model.Scale),
            ScaledCapacities.VerdictPairs(model.Scale),
            ScaledCapacities.VerdictNodes(model.Scale),
            MaxPortNames,
            Math.Max(1, program.Services.Sum(binding => Keys(binding.Service))),
            BackendTable.Room(model.Services, BackendTable.Entries),
            Math.Max(1, maglev.Lines),
            BackendTable.Room(model.Services, BackendTable.States),
            Math.Max(1, model.Cluster.NodeRanges.Length + model.Services.SelectMany(service => service.LoadBalancers).Sum(SourcePrefixes.Count)),
            model.Services.Any(service => service.Affinity is not null) ? ScaledCapacities.Affinities(model.Scale) : 1,
            BackendTable.Room(model.Services.Where(service => service.Balance == BalanceAlgorithm.LeastConnections), BackendTable.Backends),
            model.Scale.Connections,
            MaxFragments,
            ScaledCapacities.EventBytes(model.Scale),
            Math.Max(1, limits),
            limits == 0 ? 1 : ScaledCapacities.Buckets(model.Scale));
        return new DatapathLayout(
            features,
            ReportsDrops(model),
            memberWords,
            portNameWords,
            prefixes4,
            prefixes6,
            classes,
            PortIds(program.Services),
            maglev,
            MostDetailed(program.Samples),
            verdicts with { Terms = verdicts.Terms is { } terms ? terms with { Classes = [.. classes.Members.Select(members => members.Bits)] } : null },
            capacities,
            MapTable.Of(features, verdicts.AreTables, capacities, memberWords, portNameWords));
    }

    // Who has not said what to observe must still see why packets vanish.
    private static bool ReportsDrops(NetworkModel model) =>
        model.Observations.IsEmpty || model.Observations.OfType<Observation.Drops>().Any();

    // Each address alone and with each port, and ports of nodes; those by which clients from outside are told apart once more.
    private static int Keys(Service service)
    {
        var outside = (service.LoadBalancers.Sum(balancer => balancer.Addresses.Length) * service.Ports.Length) + service.NodePorts.Length;
        return (service.AllAddresses.Count() * (service.Ports.Length + 1)) + service.NodePorts.Length + (service.Outside == TrafficScope.Local ? outside : 0);
    }

    // BPF knows no empty arrays.
    private static int Words(int bits) => Math.Max(1, (bits + 63) / 64);

    private static ImmutableArray<ServicePortIds> PortIds(ImmutableArray<ServiceBinding> services)
    {
        var next = 1;
        var ids = ImmutableArray.CreateBuilder<ServicePortIds>();
        foreach (var binding in services)
        {
            ids.Add(new ServicePortIds(binding.Id, next));
            next += binding.Service.Ports.Length;
        }

        return ids.ToImmutable();
    }

    // Of several samples for one end the most detailed counts, so the first that matches does; the one for everybody ends the list.
    private static ImmutableArray<FlowSample> MostDetailed(ImmutableArray<FlowSample> samples)
    {
        var ordered = samples.OrderBy(sample => sample.OneIn).ThenBy(sample => sample.For is not null).ToImmutableArray();
        var everybody = ordered.FirstOrDefault(sample => sample.For is null);
        return everybody is null ? ordered : ordered[..(ordered.IndexOf(everybody) + 1)];
    }
}
