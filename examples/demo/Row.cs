using System.Text.Json.Nodes;
using Netpol.Lab.Traffic;

namespace Netpol.Demo;

/// <summary>One line of the table: what should have come, what came, and what the datapath says of it.</summary>
/// <param name="Event">The datapath's event of the flow's first packet; null: none.</param>
internal sealed record Row(Flow Flow, Verdict Expected, ProbeResult Seen, JsonNode? Event)
{
    /// <summary><c>file:line:column</c> of the rule that decided; null: none did.</summary>
    public string? Rule => Event?["rule"]?.GetValue<string>();

    /// <summary>The rule as file and line, or the reason in words.</summary>
    public string Decided => Event is null ? "no event"
        : Rule is { } rule ? rule[..rule.LastIndexOf(':')]
        : Event["why"]?.GetValue<string>() ?? "";

    /// <summary>Packets, datapath and evaluator agree: on the verdict and on the rule.</summary>
    public bool IsRight =>
        Seen.Outcome == Expected.Outcome
        && Event is not null
        && Event["verdict"]?.GetValue<string>() == Expected.Word
        && Rule == (Event["direction"]?.GetValue<string>() == "ingress" ? Expected.IngressRule : Expected.EgressRule);
}
