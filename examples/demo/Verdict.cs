using System.Text.Json.Nodes;
using Netpol.Lab.Traffic;

namespace Netpol.Demo;

/// <summary>What the reference evaluator says of a flow: <c>netpol eval --json</c>.</summary>
/// <param name="EgressRule"><c>file:line:column</c>; null where no rule decided.</param>
internal sealed record Verdict(string Word, string? EgressRule, string? IngressRule)
{
    public static Verdict Parse(string json)
    {
        var line = JsonNode.Parse(json) ?? throw new DemoException($"`netpol eval` answered `{json}`");
        return new(line["verdict"]?.GetValue<string>() ?? "", Rule(line["egress"]), Rule(line["ingress"]));
    }

    /// <summary>What a client must see, if packets obey.</summary>
    public Outcome Outcome => Word switch
    {
        "allow" => Outcome.Answered,
        "reject" => Outcome.Refused,
        _ => Outcome.Silent,
    };

    private static string? Rule(JsonNode? direction) => direction?["rule"]?.GetValue<string>();
}
