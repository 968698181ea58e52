using Netpol.Model;
using Netpol.Semantics.Proofs;

namespace Netpol.Semantics.Analysis;

/// <summary>What is done to a rule.</summary>
public enum MutationKind
{
    Dropped,

    /// <summary>Allowed where it denied, denied where it allowed.</summary>
    Negated,

    /// <summary>Its peer is <c>any</c>.</summary>
    AnyPeer,

    /// <summary>On every port.</summary>
    AnyPort,
}

/// <summary>A change of a rule that changes some verdict.</summary>
/// <param name="IsNoticed">Some line of a test or some assertion holds no longer.</param>
public sealed record Mutant(Rule Rule, Policy Policy, MutationKind Kind, bool IsNoticed);

/// <summary>Changes each rule of a model in turn and asks whether its tests notice. A change that changes no verdict is no mutant.</summary>
public static class MutationTest
{
    public static IEnumerable<Mutant> Run(NetworkModel model)
    {
        var expected = Outcomes(model).ToList();
        return from policy in model.Policies
               from rule in policy.Blocks.SelectMany(block => block.Rules)
               from kind in Enum.GetValues<MutationKind>()
               where Applies(rule, kind)
               let mutated = Mutate(model, policy, rule, kind)
               where !ModelComparison.Compare(model, mutated).Regions.IsEmpty
               select new Mutant(rule, policy, kind, Outcomes(mutated).Zip(expected).Any(pair => pair.First != pair.Second));
    }

    /// <summary>Line by line, so that the first one that notices is the last one proved.</summary>
    private static IEnumerable<bool> Outcomes(NetworkModel model)
    {
        var prover = new LineProver(model);
        return model.Tests.SelectMany(test => test.Lines).Select(line => prover.Prove(line) is ProofOutcome.Holds)
            .Concat(model.Assertions.Select(assertion => AssertionProver.Prove(prover, assertion) is ProofOutcome.Holds));
    }

    private static bool Applies(Rule rule, MutationKind kind) => kind switch
    {
        MutationKind.AnyPeer => rule.Peer is not AddressSet.Any,
        MutationKind.AnyPort => !rule.Ports.IsEmpty,
        _ => true,
    };

    private static NetworkModel Mutate(NetworkModel model, Policy policy, Rule rule, MutationKind kind) => model with
    {
        Policies = model.Policies.Replace(policy, policy with
        {
            Blocks = [.. policy.Blocks.Select(block => !block.Rules.Contains(rule) ? block : block with
            {
                Rules = kind == MutationKind.Dropped ? block.Rules.Remove(rule) : block.Rules.Replace(rule, Mutate(rule, kind)),
            })],
        }),
    };

    private static Rule Mutate(Rule rule, MutationKind kind) => kind switch
    {
        MutationKind.Negated => rule with { Action = rule.Action is RuleAction.Allow or RuleAction.Pass ? RuleAction.Deny : RuleAction.Allow, Limit = null },
        MutationKind.AnyPeer => rule with { Peer = new AddressSet.Any() },
        _ => rule with { Ports = [] },
    };
}
