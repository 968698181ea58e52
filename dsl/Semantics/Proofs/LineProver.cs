using Netpol.Model;

namespace Netpol.Semantics.Proofs;

/// <summary>Decides line after line, and begins anew where the diagram has no room left.</summary>
internal sealed class LineProver(NetworkModel model)
{
    private readonly Evaluator _evaluator = new(model);
    private LineProof? _proof;

    public ProofOutcome Prove(TestLine line) => Try(proof => proof.TryDecide(line)) ?? new ProofOutcome.Undecided();

    /// <summary>The rules that decide some connection which the line means; none where there is no room to find out.</summary>
    public IReadOnlyList<Rule> Exercise(TestLine line) => Try(proof => proof.TryExercise(line)) ?? [];

    /// <summary>Could anyone be in a set, as who opens a connection? Yes where there is no room to find out.</summary>
    public bool CanBeSomeone(AddressSet set) => Try(proof => proof.TryHold(set)) ?? true;

    private T Try<T>(Func<LineProof, T> decide)
    {
        _proof ??= new LineProof(model, _evaluator);
        var outcome = decide(_proof);
        if (outcome is null)
        {
            // What the lines before left in the diagram may have been the trouble: once more with an empty one.
            _proof = new LineProof(model, _evaluator);
            outcome = decide(_proof);
        }

        return outcome;
    }
}
