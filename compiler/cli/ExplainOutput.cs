using System.Text;
using System.Text.Json.Nodes;
using Netpol.Questions;
using Netpol.Semantics;
using Netpol.Semantics.Analysis;

namespace Netpol.Cli;

/// <summary>Explanations for people and for programs (docs/cli.md has the fields).</summary>
internal static class ExplainOutput
{
    public static string Human(FlowQuestion question, Explanation explanation)
    {
        var text = new StringBuilder(EvalOutput.Human(question, explanation.Judgement));
        foreach (var walk in explanation.Directions)
        {
            text.AppendLine($"{DiffJson.Word(walk.Direction)}, step by step");
            foreach (var step in walk.Steps)
            {
                var place = step.Rule is { } rule ? $"{rule.Origin}  " : "";
                text.AppendLine($"  {step.Tier?.ToString().ToLowerInvariant() ?? "",-9} {place}{step.Text}");
            }

            if (!walk.Misses.IsEmpty)
            {
                text.AppendLine("  what came closest to allow it");
                foreach (var miss in walk.Misses)
                {
                    text.AppendLine($"    {miss.Rule.Origin}  policy `{miss.Policy.Name}`: {miss.Rule.Origin.Text}");
                    foreach (var failed in miss.Failed)
                    {
                        text.AppendLine($"      not {failed.Word,-5} {failed.Text}");
                    }
                }
            }
        }

        if (explanation.Remedy is { } remedy)
        {
            Write(text, remedy);
        }
        else if (explanation.Judgement.Verdict != Verdict.Allow)
        {
            text.AppendLine("no rule could allow it");
        }

        return text.ToString();
    }

    public static JsonObject Json(Explanation explanation) => new()
    {
        ["judgement"] = JsonNode.Parse(EvalOutput.Json(explanation.Judgement)),
        ["directions"] = new JsonArray([.. explanation.Directions.Select(Direction)]),
        ["remedy"] = explanation.Remedy is { } remedy ? Remedy(remedy) : null,
    };

    private static void Write(StringBuilder text, Remedy remedy)
    {
        text.AppendLine("the smallest edit that would allow it");
        foreach (var edit in remedy.Edits)
        {
            text.AppendLine(
                edit.IsRemoval ? $"  {edit.Before?.Origin}  without the rule `{edit.Before?.Origin.Text}`"
                : edit is { IsInsertion: true, Before: { } before } ? $"  {before.Origin}  before it, in policy `{edit.Policy.Name}`: {edit.Text}"
                : edit.IsInsertion ? $"  {edit.Policy.Origin}  in `{DiffJson.Word(edit.Direction)}` of policy `{edit.Policy.Name}`: {edit.Text}"
                : $"  {edit.Before?.Origin}  in place of the rule: {edit.Text}");
        }

        text.AppendLine("and all that it would change");
        foreach (var region in remedy.Opened.Regions)
        {
            text.AppendLine($"  {DiffJson.Word(region.Change)}  {DiffJson.Word(region.Direction)}  {DiffText.Connections(region)}");
        }
    }

    private static JsonNode Direction(DirectionWalk walk) => new JsonObject
    {
        ["direction"] = DiffJson.Word(walk.Direction),
        ["steps"] = new JsonArray([.. walk.Steps.Select(step => (JsonNode)new JsonObject
        {
            ["tier"] = step.Tier?.ToString().ToLowerInvariant(),
            ["rule"] = step.Rule?.Origin.ToString(),
            ["text"] = step.Text,
        })]),
        ["misses"] = new JsonArray([.. walk.Misses.Select(miss => (JsonNode)new JsonObject
        {
            ["rule"] = miss.Rule.Origin.ToString(),
            ["failed"] = new JsonArray([.. miss.Failed.Select(failed => (JsonNode)new JsonObject { ["predicate"] = failed.Word, ["text"] = failed.Text })]),
        })]),
    };

    private static JsonObject Remedy(Remedy remedy) => new()
    {
        ["edits"] = new JsonArray([.. remedy.Edits.Select(edit => (JsonNode)new JsonObject
        {
            ["policy"] = edit.Policy.Name,
            ["direction"] = DiffJson.Word(edit.Direction),
            ["kind"] = edit.IsRemoval ? "remove" : edit.IsInsertion ? "insert" : "replace",
            ["rule"] = edit.Before?.Origin.ToString(),
            ["text"] = edit.IsRemoval ? null : edit.Text,
        })]),
        ["changes"] = new JsonArray([.. remedy.Opened.Regions.Select(DiffJson.Region)]),
    };
}
