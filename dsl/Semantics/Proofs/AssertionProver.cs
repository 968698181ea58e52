using System.Collections.Immutable;
using Netpol.Model;

namespace Netpol.Semantics.Proofs;

/// <summary>
/// Decides assertions as <see cref="TestProver"/> does tests: <c>never A -> B</c> is that all of A is denied, <c>only A -> B</c> that
/// everyone else is.
/// </summary>
public static class AssertionProver
{
    public static ImmutableArray<AssertionResult> Prove(NetworkModel model)
    {
        var prover = new LineProver(model);
        return [.. model.Assertions.Select(assertion => new AssertionResult(assertion, Prove(prover, assertion)))];
    }

    private static ProofOutcome Prove(LineProver prover, Assertion assertion)
    {
        var line = new TestLine(assertion.From, assertion.To, assertion.Ports, RuleAction.Deny, assertion.Origin);
        if (assertion.Kind == AssertionKind.Never || assertion.From is not TestSide.Set set)
        {
            return prover.Prove(line);
        }

        if (!prover.CanBeSomeone(set.Addresses))
        {
            return new ProofOutcome.Empty("the left side can hold nothing");
        }

        var others = new AddressSet.Difference(new AddressSet.Any(), set.Addresses);
        return prover.CanBeSomeone(others)
            ? prover.Prove(line with { From = new TestSide.Set(others) })
            : new ProofOutcome.Empty("there is nobody but the left side");
    }
}

/// <summary>What became of one assertion.</summary>
public sealed record AssertionResult(Assertion Assertion, ProofOutcome Outcome);
