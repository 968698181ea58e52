using System.Globalization;
using System.Text;
using Netpol.Bundle.Verdicts;
using Netpol.Compiler.Bundling;
using Netpol.Compiler.Compilation;
using Netpol.Diagnostics;

namespace Netpol.Tests.Unit.Compiler.Sessions;

/// <summary>All of a compilation's result as text, with the ids of rules numbered as a whole compilation numbers them.</summary>
internal static class SessionText
{
    public static string Of(DatapathOutput? output, IEnumerable<Diagnostic> diagnostics)
    {
        var text = new StringBuilder();
        foreach (var diagnostic in diagnostics)
        {
            text.Append(CultureInfo.InvariantCulture, $"{diagnostic} {diagnostic.Span} {diagnostic.Source?.Text.Length} {diagnostic.Fix} {diagnostic.Related?.Source.Text.Length} {diagnostic.Related?.Span} {diagnostic.Related?.Message}\n");
        }

        if (output is null)
        {
            return text.ToString();
        }

        var ids = output.Scope.Rules.Select((rule, index) => (rule.Id, Dense: index + 1)).ToDictionary(pair => pair.Id, pair => pair.Dense);
        var terms = output.Terms.IsEmpty ? [] : VerdictTermsFile.Read([.. output.Terms]) is var read
            ? VerdictTermsFile.Write(read with { Terms = [.. read.Terms.Select(term => term with { Rule = ids[term.Rule] })] })
            : [];
        var manifest = output.Manifest with
        {
            Rules = [.. output.Manifest.Rules.Select(rule => rule with { Id = ids[rule.Id] })],
            Layout = output.Manifest.Layout with
            {
                Maps = [.. output.Manifest.Layout.Maps.Select(map => map.Name == "rule_counters" ? map with { MaxEntries = ids.Count + 1 } : map)],
            },
        };
        text.Append(Encoding.UTF8.GetString(ManifestWriter.Seal(manifest, terms, []).Text)).Append(Listing.Print(manifest, output.Layout.Verdicts.Terms)).Append(Convert.ToHexString(terms));
        foreach (var rule in output.Scope.Rules)
        {
            text.Append(CultureInfo.InvariantCulture, $"\n{rule with { Id = ids[rule.Id] }}");
        }

        return text.Append('\n').AppendJoin(' ', output.Scope.Policies).Append('\n').AppendJoin(' ', output.Scope.Sets.Select(set => $"{set.Id} {set.Name} {set.Spelling}")).ToString();
    }
}
