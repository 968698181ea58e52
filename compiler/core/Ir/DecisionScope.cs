using System.Collections.Immutable;
using Netpol.Bundle.Verdicts;
using Netpol.Model;

namespace Netpol.Compiler.Ir;

/// <summary>What the decisions of a build speak of, without the decisions.</summary>
/// <param name="Sets">By <see cref="SetId.Index"/>.</param>
/// <param name="PortNames">Names that rules ask the receiver for, by the index in <see cref="Condition.PortNamed"/>.</param>
/// <param name="Rules">Every rule of the source in the order of their origins, which is that of their ids; also those that no clause is left of.</param>
/// <param name="Services">By id - 1.</param>
public record DecisionScope(
    ImmutableArray<MemberSet> Sets,
    ImmutableArray<string> PortNames,
    ImmutableArray<PolicySelection> Policies,
    ImmutableArray<DecidingRule> Rules,
    ImmutableArray<ServiceBinding> Services,
    ImmutableArray<FlowSample> Samples)
{
    /// <summary>The highest id that a rule may have; there are more ids than rules where rules come and go while the others keep theirs.</summary>
    public int RuleIds { get; init; } = Rules.Length;

    /// <summary>Something is said beyond allow and deny in closed blocks of the ordinary tier.</summary>
    public bool HasTiers { get; init; }

    public MemberSet this[SetId id] => Sets[id.Index];
}

/// <summary>Whom a policy selects, and in which directions it isolates them.</summary>
public sealed record PolicySelection(string Name, SetId For, bool IsolatesIngress, bool IsolatesEgress, Origin Origin);

/// <summary>What a rule id stands for.</summary>
/// <param name="Place">Of two rules of an ordered stage the one with the lower place is asked first; of the same place, the lower id. Else 0.</param>
public sealed record DecidingRule(
    int Id, RuleAction Action, RuleStage Stage, int Place, Direction Direction, string Policy, bool IsLogged, Origin Origin, string? Documentation)
{
    /// <summary>Given exactly in <see cref="RuleStage.Limited"/>.</summary>
    public RateLimit? Limit { get; init; }
}

/// <summary>A service with its id, and the set its backends are from where they are no literals.</summary>
public sealed record ServiceBinding(int Id, Service Service, SetId? Backends);

/// <summary>One line of <c>observe { flows … }</c>.</summary>
/// <param name="For">Null: every endpoint.</param>
public sealed record FlowSample(uint OneIn, SetId? For);
