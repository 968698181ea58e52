using System.Collections.Immutable;
using Netpol.Bundle;
using Netpol.Loader.Abi;

namespace Netpol.Testing;

/// <summary>What the datapath did with one packet.</summary>
/// <param name="Rule">The deciding rule as <c>file:line:column</c>; null where none decided.</param>
/// <param name="RuleText">As written.</param>
/// <param name="Exit"><c>stack</c>, <c>peer</c> (straight into the other container), <c>drop</c>, <c>reject</c>.</param>
/// <param name="IsNewConnection">The packet opened a connection, which is remembered from now on.</param>
/// <param name="Frame">The packet as it left, with what was translated in it; of a reject, the answer.</param>
public sealed record PacketOutcome(
    Verdict Verdict, Reason Reason, string? Rule, string? RuleText, string Exit, bool IsNewConnection, ImmutableArray<byte> Frame)
{
    private static readonly string[] Exits = ["none", "stack", "peer", "drop", "reject", "straight"];

    public bool IsAllowed => Verdict == Verdict.Allow;

    public override string ToString() => $"{Verdict} ({Reason}{(Rule is null ? "" : $", {Rule}: {RuleText}")}), {Exit}";

    internal static PacketOutcome Of(FlowRecord record, byte[] frame, Manifest manifest)
    {
        // The rule of the end whose verdict decided: ingress' where egress let it pass.
        var id = record.Direction == 0 ? record.EgressRule : record.IngressRule;
        var rule = manifest.Rules.FirstOrDefault(rule => rule.Id == id);
        return new PacketOutcome(
            (Verdict)record.Verdict,
            (Reason)record.Reason,
            rule is null ? null : $"{rule.File}:{rule.Line}:{rule.Column}",
            rule?.Text,
            Exits[record.Exit],
            record.NewConnection != 0,
            [.. frame]);
    }
}
