using System.Globalization;
using Netpol.Lsp.Workspace;
using Netpol.Model;
using Netpol.Syntax;

namespace Netpol.Lsp.Features;

/// <summary>What a rule matches, in words.</summary>
internal static class RuleWords
{
    /// <param name="at">From the start of the part.</param>
    /// <returns>Null: no rule stands there, or mistakes keep it from meaning anything.</returns>
    public static (RuleSyntax Syntax, string Words)? At(Build build, SourcePart part, int at)
    {
        foreach (var policy in part.Unit.Statements.OfType<PolicySyntax>())
        {
            foreach (var block in policy.Blocks)
            {
                foreach (var rule in block.Rules)
                {
                    if (rule.Span.Start <= at && at <= rule.Span.End && Meaning(build, part, rule) is { Policy: { } owner, Rule: { } meaning })
                    {
                        return (rule, Words(owner, block.Direction.Value == DirectionSyntax.Ingress, meaning));
                    }
                }
            }
        }

        return null;
    }

    private static (Policy? Policy, Rule? Rule) Meaning(Build build, SourcePart part, RuleSyntax syntax)
    {
        var source = part.Unit.Source;
        var place = source.PositionOf(syntax.Span.Start);
        var (line, column) = (part.Line + place.Line, place.Column);
        foreach (var policy in build.Model.Policies.Where(policy => policy.Origin.File == source.Path))
        {
            foreach (var rule in policy.Blocks.SelectMany(block => block.Rules))
            {
                if (rule.Origin.Line == line && rule.Origin.Column == column)
                {
                    return (policy, rule);
                }
            }
        }

        return (null, null);
    }

    private static string Words(Policy policy, bool isIngress, Rule rule)
    {
        var (inner, outer) = (SetWords.Of(policy.For), SetWords.Of(rule.Peer));
        var (from, to) = isIngress ? (outer, inner) : (inner, outer);
        var documentation = rule.Documentation is null ? "" : $"{rule.Documentation}\n\n";
        var limit = rule.Limit is { } rate ? string.Create(CultureInfo.InvariantCulture,
            $"\n- at most: {rate.Connections} new connections in {rate.PerSeconds} s, {rate.Burst} at once{(rate.IsPerSource ? ", for each source" : "")}") : "";
        return $"{documentation}**{rule.Action}** connections\n- from: {from}\n- to: {to}\n- on: {SetWords.Of(rule.Ports)}{limit}{(rule.IsLogged ? "\n- logged" : "")}";
    }
}
