using System.Collections.Immutable;
using System.Diagnostics;
using Netpol.Bundle.Verdicts;
using Netpol.Compiler.Ir;
using Netpol.Model;
using Netpol.Semantics;

namespace Netpol.Tests.Unit.Compiler;

/// <summary>What the datapath knows of a connection when it asks for a verdict.</summary>
internal sealed record IrFacts(
    ImmutableHashSet<string> SelfSets,
    ImmutableHashSet<string> PeerSets,
    bool IsSameNamespace,
    int Service,
    byte Protocol,
    IpFamily Family,
    ushort Port,
    ushort ServicePort,
    byte IcmpType,
    byte IcmpCode,
    ImmutableHashSet<string> PortNames)
{
    /// <summary>A socket of the judged endpoint's node began the connection.</summary>
    public bool IsFromHost { get; init; }
}

/// <param name="Rule">0: none.</param>
internal readonly record struct IrVerdict(Verdict Verdict, int Rule, bool IsLogged);

/// <summary>Runs decisions word by word; sets and names are known by spelling, so that passes may number them anew.</summary>
internal sealed class IrMachine(DecisionProgram program)
{
    /// <param name="isSpent">Has a limited rule no token?</param>
    public IrVerdict Judge(DirectionProgram direction, IrFacts facts, Func<int, bool> isSpent)
    {
        if (!direction.HasTiers && !Holds(direction.Isolated, facts))
        {
            return new(Verdict.Allow, 0, false);
        }

        var hasSpent = false;
        foreach (var list in direction.Lists)
        {
            if (list.Stage == RuleStage.Limited)
            {
                foreach (var step in list.Steps)
                {
                    // One by one: those that are spent do not match.
                    foreach (var (clause, guards) in Step.GuardedClauses([step]))
                    {
                        if (!guards.All(guard => Holds(guard, facts)) || !Holds(clause.When, facts))
                        {
                            continue;
                        }

                        if (!isSpent(clause.Rule))
                        {
                            return new(Verdict.Allow, clause.Rule, clause.Log == LogAnswer.Yes);
                        }

                        hasSpent = true;
                    }
                }

                continue;
            }

            if (list.Stage == RuleStage.Baseline && Holds(direction.Isolated, facts))
            {
                return new(Verdict.Deny, 0, false);
            }

            if (First(list.Steps, list.Steps, facts) is var (rule, isLogged)
                && program.Rules[rule - 1].Action is var action && !(action == RuleAction.Pass && list.Stage == RuleStage.Admin))
            {
                return new(
                    action switch { RuleAction.Deny => Verdict.Deny, RuleAction.Reject => Verdict.Reject, _ => Verdict.Allow }, rule, isLogged);
            }

            if (list.Stage == RuleStage.Admin && facts.IsFromHost)
            {
                return new(Verdict.Allow, 0, false);
            }
        }

        return new(hasSpent ? Verdict.Deny : Verdict.Allow, 0, false);
    }

    private (int Rule, bool IsLogged)? First(ImmutableArray<Step> steps, ImmutableArray<Step> all, IrFacts facts)
    {
        foreach (var step in steps)
        {
            switch (step)
            {
                case Step.Guarded guarded when Holds(guarded.When, facts) && First(guarded.Steps, all, facts) is { } found:
                    return found;
                case Step.Clause clause when Holds(clause.When, facts):
                    return (clause.Rule, clause.Log switch
                    {
                        LogAnswer.No => false,
                        LogAnswer.Yes => true,
                        LogAnswer.WhereAnotherMatches => AnyLogged(all, facts),
                        _ => throw new UnreachableException(),
                    });
            }
        }

        return null;
    }

    private bool AnyLogged(ImmutableArray<Step> steps, IrFacts facts) => steps.Any(step => step switch
    {
        Step.Clause clause => clause.Log == LogAnswer.Yes && Holds(clause.When, facts),
        Step.Guarded guarded => Holds(guarded.When, facts) && AnyLogged(guarded.Steps, facts),
        _ => throw new UnreachableException(),
    });

    private bool Holds(Condition condition, IrFacts facts) => condition switch
    {
        Condition.True => true,
        Condition.False => false,
        Condition.SelfIn self => facts.SelfSets.Contains(program[self.Set].Spelling),
        Condition.PeerIn peer => facts.PeerSets.Contains(program[peer.Set].Spelling),
        Condition.SameNamespace => facts.IsSameNamespace,
        Condition.ServiceIs service => facts.Service == service.Service,
        Condition.ProtocolIs protocol => facts.Protocol == (byte)protocol.Number,
        Condition.FamilyIs family => facts.Family == family.Family,
        Condition.PortIn port => facts.Port >= port.First && facts.Port <= port.Last,
        Condition.ServicePortIn port => facts.ServicePort >= port.First && facts.ServicePort <= port.Last,
        Condition.IcmpTypeIs type => facts.IcmpType == type.Type,
        Condition.IcmpCodeIs code => facts.IcmpCode == code.Code,
        Condition.PortNamed named => facts.PortNames.Contains(program.PortNames[named.Name]),
        Condition.Not not => !Holds(not.Inner, facts),
        Condition.And and => and.Parts.All(part => Holds(part, facts)),
        Condition.Or or => or.Parts.Any(part => Holds(part, facts)),
        _ => throw new UnreachableException(),
    };
}
