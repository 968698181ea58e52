using System.Diagnostics;
using Netpol.Bundle;
using Netpol.Bundle.Verdicts;
using Netpol.Compiler.Ir;
using Netpol.Model;
using Verdict = Netpol.Bundle.Verdict;

namespace Netpol.Compiler.Backends.Bytecode;

/// <summary>A verdict in one register: <c>POLICY_VERDICT</c> of <c>compiler/datapath/policy.h</c>.</summary>
internal static class VerdictAnswer
{
    /// <summary>The place of the bit that says <c>log</c>.</summary>
    public const int LogBit = 48;

    public static ulong DefaultDeny { get; } = Of(Verdict.Deny, Reason.DefaultDeny, 0, false);

    public static ulong NotIsolated { get; } = Of(Verdict.Allow, Reason.NotIsolated, 0, false);

    /// <summary>The node reaches its own endpoints.</summary>
    public static ulong Host { get; } = Of(Verdict.Allow, Reason.Host, 0, false);

    /// <summary>The place of the bit that says that the rule allows only where its bucket has a token.</summary>
    public const int LimitedBit = 49;

    /// <summary>What a clause answers that decides.</summary>
    public static ulong Of(RuleStage stage, Step.Clause clause) => Of(
        clause.Action switch
        {
            RuleAction.Allow or RuleAction.Pass => Verdict.Allow,
            RuleAction.Deny => Verdict.Deny,
            RuleAction.Reject => Verdict.Reject,
            _ => throw new UnreachableException(),
        },
        Reason.Rule, clause.Rule, clause.Log == LogAnswer.Yes) | (stage == RuleStage.Limited ? 1UL << LimitedBit : 0);

    private static ulong Of(Verdict verdict, Reason reason, int rule, bool isLogged) =>
        (uint)rule | (ulong)verdict << 32 | (ulong)reason << 40 | (isLogged ? 1UL << LogBit : 0);
}
