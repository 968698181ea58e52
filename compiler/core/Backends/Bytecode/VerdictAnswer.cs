using System.Diagnostics;
using Netpol.Bundle;
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

    public static ulong ByRule(RuleAction action, int rule, bool isLogged) => Of(
        action switch
        {
            RuleAction.Allow => Verdict.Allow,
            RuleAction.Deny => Verdict.Deny,
            _ => throw new UnreachableException(),
        },
        Reason.Rule, rule, isLogged);

    private static ulong Of(Verdict verdict, Reason reason, int rule, bool isLogged) =>
        (uint)rule | (ulong)verdict << 32 | (ulong)reason << 40 | (isLogged ? 1UL << LogBit : 0);
}
