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

    /// <summary>The assertion as a line of a test.</summary>
    internal static TestLine LineOf(Assertion assertion) => new(
        assertion.Kind == AssertionKind.Only && assertion.From is TestSide.Set set
            ? new TestSide.Set(new AddressSet.Difference(new AddressSet.Any(), set.Addresses))
            : assertion.From,
        assertion.To,
        assertion.Ports,
        RuleAction.Deny,
        assertion.Origin);

    internal static ProofOutcome Prove(LineProver prover, Assertion assertion)
    {
        var line = LineOf(assertion);
        return assertion.Kind == AssertionKind.Never ? prover.Prove(line)
            : assertion.From is TestSide.Set set && !prover.CanBeSomeone(set.Addresses) ? new ProofOutcome.Empty("the left side can hold nothing")
            : line.From is TestSide.Set others && !prover.CanBeSomeone(others.Addresses) ? new ProofOutcome.Empty("there is nobody but the left side")
            : prover.Prove(line);
    }
}

/// <summary>What became of one assertion.</summary>
public sealed record AssertionResult(Assertion Assertion, ProofOutcome Outcome);
