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
        var evaluator = new Evaluator(model);
        var results = ImmutableArray.CreateBuilder<ProofResult>();
        var proof = new LineProof(model, evaluator);
        foreach (var test in model.Tests)
        {
            foreach (var line in test.Lines)
            {
                var outcome = proof.TryDecide(line);
                if (outcome is null)
                {
                    // What the lines before left in the diagram may have been the trouble: once more with an empty one.
                    proof = new LineProof(model, evaluator);
                    outcome = proof.TryDecide(line);
                }

                results.Add(new(test, line, outcome ?? new ProofOutcome.Undecided()));
            }
        }

        return results.ToImmutable();
    }
}
