using System.Collections.Immutable;
using Netpol.Model;
using Netpol.Semantics.Proofs;

namespace Netpol.Semantics.Analysis;

/// <summary>Everything that two models make something else of.</summary>
/// <param name="Regions">Disjoint in each direction, and together all that changes.</param>
/// <param name="Services">Services that are not what they were.</param>
/// <param name="Families">IP families that one of the models leaves out, and drops.</param>
public sealed record ModelDifference(
    ImmutableArray<ChangedRegion> Regions, ImmutableArray<ServiceChange> Services, ImmutableArray<FamilyChange> Families)
{
    /// <summary>Endpoints that are given other traffic, as disjoint sets.</summary>
    public ImmutableArray<QosChange> Qos { get; init; } = [];

    public bool IsEmpty => Regions.IsEmpty && Services.IsEmpty && Families.IsEmpty && Qos.IsEmpty;
}

/// <summary>Which way a verdict changes.</summary>
public enum ChangeKind
{
    /// <summary>What was denied or limited is allowed.</summary>
    Widened,

    /// <summary>What was allowed is denied or limited.</summary>
    Narrowed,

    /// <summary>What is denied is denied in another way, or a limit is another one.</summary>
    Other,
}

/// <summary>Whether a change of one direction's verdict changes what becomes of the connections.</summary>
public enum ChangeEffect
{
    /// <summary>Of every connection of the region.</summary>
    All,

    /// <summary>Of some; the other end denies the rest before and after.</summary>
    Some,

    /// <summary>Of none: the other end's verdict is the answer before and after.</summary>
    None,
}

/// <summary>Connections whose verdict of one direction changes alike: everyone of <paramref name="From"/> to everyone of <paramref name="To"/>.</summary>
/// <param name="Relation">The two ends, by namespace.</param>
/// <param name="Example">One of the connections, with what both evaluators make of it; one that changes as a whole if there is any.</param>
public sealed record ChangedRegion(
    Direction Direction,
    EndSet From,
    EndSet To,
    NamespaceRelation Relation,
    TrafficSet Traffic,
    DecidedSide Old,
    DecidedSide New,
    ChangeKind Change,
    ChangeEffect Effect,
    ComparedFlow Example);

/// <summary>What one model makes of a region, and what in it does.</summary>
/// <param name="Rules">The deciding rules of its connections, in the order in which they decide.</param>
/// <param name="Isolating">Policies that deny by selecting, where no rule matches.</param>
public sealed record DecidedSide(Outcome Outcome, ImmutableArray<Rule> Rules, ImmutableArray<Policy> Isolating);

/// <summary>A concrete connection, judged under both models.</summary>
/// <param name="Receiver">The address that it comes to after translation.</param>
public sealed record ComparedFlow(Universe Universe, Flow Flow, Address Receiver, Judgement Old, Judgement New);

/// <summary>A family that one model judges and the other drops.</summary>
public sealed record FamilyChange(IpFamily Family, bool WasJudged, bool IsJudged);

/// <summary>A service that only one model has, or that is another one.</summary>
/// <param name="Old">Null: there was none.</param>
/// <param name="New">Null: there is none.</param>
/// <param name="Differences">In words, what is another.</param>
public sealed record ServiceChange(string Name, Service? Old, Service? New, ImmutableArray<string> Differences);

/// <summary>Endpoints for which another rate or priority counts.</summary>
public sealed record QosChange(EndSet Endpoints, EffectiveQos Old, EffectiveQos New);

/// <summary>What counts for an endpoint, of all declarations together.</summary>
/// <param name="Egress">Null: no limit.</param>
/// <param name="Ingress">Null: no limit.</param>
/// <param name="Priority">Null: the runtime's own.</param>
public readonly record struct EffectiveQos(EffectiveRate? Egress, EffectiveRate? Ingress, QosPriority? Priority);

/// <param name="BurstBytes">Null: what the shaper takes by itself.</param>
public readonly record struct EffectiveRate(long BitsPerSecond, long? BurstBytes);
