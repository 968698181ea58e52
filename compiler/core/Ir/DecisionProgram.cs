using System.Collections.Immutable;

namespace Netpol.Compiler.Ir;

/// <summary>All decisions of a build as data: what lowering makes, passes rewrite and backends print. Ids of rules run from 1 without gaps.</summary>
public sealed record DecisionProgram(
    ImmutableArray<MemberSet> Sets,
    ImmutableArray<string> PortNames,
    ImmutableArray<PolicySelection> Policies,
    ImmutableArray<DecidingRule> Rules,
    ImmutableArray<ServiceBinding> Services,
    ImmutableArray<FlowSample> Samples,
    DirectionProgram Egress,
    DirectionProgram Ingress)
    : DecisionScope(Sets, PortNames, Policies, Rules, Services, Samples);
