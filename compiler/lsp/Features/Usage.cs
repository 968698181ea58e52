using Netpol.Lsp.Symbols;
using Netpol.Syntax;

namespace Netpol.Lsp.Features;

/// <summary>Who uses a name, in words.</summary>
internal static class Usage
{
    /// <summary><c>Used by 3 rules in 2 policies, and 1 group.</c></summary>
    public static string Of(Question question, Occurrence symbol) => Of(question.Same(symbol).Where(place => !place.Symbol.IsDeclaration));

    public static string Of(IEnumerable<PlacedOccurrence> uses)
    {
        var all = uses.ToList();
        if (all.Count == 0)
        {
            return "Used nowhere.";
        }

        var rules = all.Where(use => use.Symbol.Rule is not null).DistinctBy(use => use.Symbol.Rule, ReferenceEqualityComparer.Instance).ToList();
        var policies = rules.Select(use => use.Symbol.Statement).Distinct(ReferenceEqualityComparer.Instance).Count();
        var parts = new List<string>();
        if (rules.Count > 0)
        {
            parts.Add($"{Counted(rules.Count, "rule")} in {Counted(policies, "policy")}");
        }

        parts.AddRange(all.Where(use => use.Symbol.Rule is null).DistinctBy(use => use.Symbol.Statement, ReferenceEqualityComparer.Instance)
            .CountBy(use => KindOf(use.Symbol.Statement)).OrderBy(kind => kind.Key, StringComparer.Ordinal).Select(kind => Counted(kind.Value, kind.Key)));
        return $"Used by {string.Join(", ", parts)}.";
    }

    public static string Counted(int count, string thing) =>
        count == 1 ? $"1 {thing}" : thing.EndsWith('y') ? $"{count} {thing[..^1]}ies" : thing.EndsWith('s') ? $"{count} {thing}es" : $"{count} {thing}s";

    private static string KindOf(StatementSyntax statement) => statement switch
    {
        GroupSyntax => "group",
        PortsSyntax => "list of ports",
        // Outside of its rules a policy names whom it is for.
        PolicySyntax => "policy",
        ServiceSyntax => "service",
        QosSyntax => "qos line",
        ObserveSyntax => "observe line",
        TestSyntax => "test",
        AssertSyntax => "assertion",
        AssumeSyntax => "assumption",
        _ => "declaration",
    };
}
