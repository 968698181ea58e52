using System.Collections.Immutable;
using Netpol.Bundle;

namespace Netpol.Loader;

/// <summary>The counters of the generation in charge, summed over processors.</summary>
/// <param name="Rules">By rule id, every rule of the bundle.</param>
/// <param name="WithoutRule">Verdicts that no rule took: default deny and endpoints under no policy.</param>
/// <param name="Drops">Packets dropped since the node's maps were made, by reason; reasons with none are left out.</param>
public sealed record CounterSnapshot(
    uint Generation,
    ImmutableArray<RuleCount> Rules,
    RuleCount WithoutRule,
    ImmutableArray<DropCount> Drops)
{
    /// <summary>Packets of load balancing that uplinks sent on before the host's stack, since the node's maps were made.</summary>
    public ulong XdpToBackends { get; init; }

    public ulong XdpToClients { get; init; }
}

/// <param name="Rule">The manifest's; null for verdicts without rule.</param>
/// <param name="Verdicts">New connections judged.</param>
/// <param name="Bytes">Of the packets that were judged, not of their connections.</param>
public sealed record RuleCount(RuleEntry? Rule, ulong Verdicts, ulong Bytes);

public sealed record DropCount(Reason Reason, ulong Packets);
