using Netpol.Bundle;
using Netpol.Bundle.Verdicts;

namespace Netpol.Loader.Verdicts;

/// <summary>Entries of pairs and nodes: <c>VERDICT_ENTRY_*</c> of abi.h.</summary>
internal static class VerdictCell
{
    internal const uint Final = 0x8000_0000;
    internal const uint Deny = 0x4000_0000;
    internal const uint Log = 0x2000_0000;
    internal const uint Reject = 0x1000_0000;
    internal const uint Admin = 0x0800_0000;
    internal const uint Baseline = 0x0400_0000;
    internal const uint Limit = 0x0200_0000;
    internal const uint Number = 0x01ff_ffff;

    /// <summary>The verdict of a rule that decides.</summary>
    internal static uint Of(VerdictTerm deciding, bool logs) => Final | (logs ? Log : 0) | (uint)deciding.Rule
        | deciding.Verdict switch
        {
            Verdict.Deny => Deny,
            Verdict.Reject => Deny | Reject,
            _ => 0,
        }
        | deciding.Stage switch
        {
            RuleStage.Admin => Admin,
            RuleStage.Baseline => Baseline,
            RuleStage.Limited => Limit,
            _ => 0,
        };

    /// <summary>Leads to a list of limited rules.</summary>
    internal static uint OfList(uint index) => Final | Limit | index;

    /// <summary>Of an entry of a pair or of the tree: does it lead to such a list?</summary>
    internal static bool IsList(uint entry) => (entry & (Final | Limit)) == (Final | Limit);

    /// <summary>Of an entry of a pair or of the tree: the node that it leads to; null: to none.</summary>
    internal static uint? NodeOf(uint entry) => entry == 0 ? null : (entry & Final) == 0 ? entry : IsList(entry) ? entry & Number : null;
}
