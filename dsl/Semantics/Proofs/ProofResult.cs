using Netpol.Model;

namespace Netpol.Semantics.Proofs;

/// <summary>What became of one line of a test.</summary>
public sealed record ProofResult(TestCase Test, TestLine Line, ProofOutcome Outcome);

/// <summary>What a proof came to.</summary>
public abstract record ProofOutcome
{
    private ProofOutcome()
    {
    }

    /// <summary>Every connection that the line means has the expected verdict.</summary>
    public sealed record Holds : ProofOutcome;

    /// <summary>Some connection has another; this is one.</summary>
    public sealed record Fails(Witness Witness) : ProofOutcome;

    /// <summary>The line means no connection at all, so it says nothing.</summary>
    /// <param name="Text">What is empty, in words.</param>
    public sealed record Empty(string Text) : ProofOutcome;

    /// <summary>The proof outgrew its memory; nothing is known.</summary>
    public sealed record Undecided : ProofOutcome;
}

/// <summary>A concrete flow, those that take part in it, and the evaluator's judgement of it with the rules that decided.</summary>
public sealed record Witness(Universe Universe, Flow Flow, Judgement Judgement)
{
    public Endpoint? Source => Universe.EndpointAt(Flow.Source);

    /// <summary>The receiver after translation, if it is an endpoint.</summary>
    public Endpoint? Destination => Universe.EndpointAt(Judgement.Translation?.Backend ?? Flow.Destination);
}
