namespace Netpol.Loader.Verdicts;

/// <summary>Entries of pairs and nodes: <c>VERDICT_ENTRY_*</c> of abi.h.</summary>
internal static class VerdictCell
{
    internal const uint Final = 0x8000_0000;
    internal const uint Deny = 0x4000_0000;
    internal const uint Log = 0x2000_0000;

    internal static uint Of(int rule, bool isDeny, bool logs) => Final | (isDeny ? Deny : 0) | (logs ? Log : 0) | (uint)rule;
}
