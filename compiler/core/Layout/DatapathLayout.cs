using System.Collections.Immutable;
using Netpol.Bundle;
using Netpol.Compiler.Ir;

namespace Netpol.Compiler.Layout;

/// <summary>
/// Where everything that the decisions speak of has its place in the datapath. The bit of a set is the index of the set
/// in <see cref="DecisionScope.Sets"/>, that of a port name its index in <see cref="DecisionScope.PortNames"/>.
/// </summary>
/// <param name="Prefixes4">Empty where IPv4 is left out.</param>
/// <param name="Prefixes6">Empty where IPv6 is left out.</param>
public sealed record DatapathLayout(
    FeatureSet Features,
    bool ReportsDrops,
    int MemberWords,
    int PortNameWords,
    ImmutableArray<SplitPrefix> Prefixes4,
    ImmutableArray<SplitPrefix> Prefixes6,
    AddressClasses Classes,
    ImmutableArray<ServicePortIds> ServicePorts,
    MaglevTables Maglev,
    ImmutableArray<FlowSample> Samples,
    VerdictPlan Verdicts,
    MapCapacities Capacities,
    ImmutableArray<MapEntry> Maps);

/// <summary>The ids of one service's ports, in the order of the declaration.</summary>
/// <param name="First">Ids run over all services from 1.</param>
public sealed record ServicePortIds(int Service, int First);
