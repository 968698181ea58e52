using System.Collections.Immutable;
using Netpol.Model;

namespace Netpol.Semantics.Proofs;

/// <summary>
/// Decides the lines of tests over everything they could mean: every endpoint that their groups could ever hold, every
/// packet, both families, direct and through any service. A line that fails comes with a flow that the evaluator agrees on.
/// </summary>
public static class TestProver
{
    public static ImmutableArray<ProofResult> Prove(NetworkModel model)
    {
        var prover = new LineProver(model);
        return [.. from test in model.Tests
                   from line in test.Lines
                   select new ProofResult(test, line, prover.Prove(line))];
    }
}
