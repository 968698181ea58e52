using System.Diagnostics;
using Netpol.Bundle;
using Netpol.Bundle.Verdicts;
using Netpol.Compiler.Ir;
using Netpol.Model;

namespace Netpol.Compiler.Terms;

/// <summary>What the terms of a rule say of it, apart from what it matches.</summary>
internal readonly record struct TermForm(RuleStage Stage, Verdict Verdict, int Place)
{
    /// <summary>Of a clause, at the first place of its stage.</summary>
    public static TermForm Of(RuleStage stage, Step.Clause clause) => new(
        stage,
        clause.Action switch
        {
            RuleAction.Allow => Verdict.Allow,
            RuleAction.Deny => Verdict.Deny,
            RuleAction.Reject => Verdict.Reject,
            RuleAction.Pass => stage == RuleStage.Admin ? Verdict.None : Verdict.Allow,
            _ => throw new UnreachableException(),
        },
        0);

    public static TermForm Of(VerdictTerm term) => new(term.Stage, term.Verdict, term.Place);
}
