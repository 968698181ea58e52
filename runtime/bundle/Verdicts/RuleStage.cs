namespace Netpol.Bundle.Verdicts;

/// <summary>
/// When a rule is asked: what decides at an earlier stage is the verdict. In the admin and the baseline stage the first rule decides, by
/// the order of its policy and then its id; in the others all that match decide alike, and the first of them is named.
/// </summary>
public enum RuleStage : byte
{
    /// <summary>Of <c>tier admin</c>: allows, denies, rejects, or passes to the next stage.</summary>
    Admin = 0,
    Deny = 1,
    Reject = 2,
    Allow = 3,

    /// <summary>An allow with a limit: it decides where its bucket has a token, else the next one does.</summary>
    Limited = 4,

    /// <summary>Of <c>tier baseline</c>: for endpoints that no policy isolates.</summary>
    Baseline = 5,
}
