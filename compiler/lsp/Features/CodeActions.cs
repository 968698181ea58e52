using Netpol.Diagnostics;
using Netpol.Lsp.Protocol;
using Netpol.Lsp.Workspace;
using Netpol.Text;

namespace Netpol.Lsp.Features;

/// <summary>What diagnostics suggest to write, one by one and all at once.</summary>
internal static class CodeActions
{
    private const string QuickFix = "quickfix";
    private const string FixAll = "source.fixAll";

    /// <param name="diagnostics">Of the file.</param>
    public static CodeAction[] In(Question question, Protocol.Range range, string[]? only, IEnumerable<Diagnostic> diagnostics, Func<string, string> uriOf)
    {
        var span = Places.SpanOf(question.Source, range);
        var fixable = diagnostics.Where(diagnostic => diagnostic.Fix is not null).ToList();
        var actions = new List<CodeAction>();
        if (IsWanted(only, QuickFix))
        {
            actions.AddRange(fixable.Where(diagnostic => Touches(diagnostic.Span, span)).SelectMany(diagnostic => Fix(question, diagnostic, uriOf)));
        }

        if (IsWanted(only, FixAll) && fixable.Count > (only is null ? 1 : 0))
        {
            actions.Add(new CodeAction("Fix all that can be fixed", FixAll, null, false, Edit(question, NonOverlapping(fixable))));
        }

        return [.. actions];
    }

    private static IEnumerable<CodeAction> Fix(Question question, Diagnostic diagnostic, Func<string, string> uriOf)
    {
        if (diagnostic.Fix is { } fix)
        {
            yield return new CodeAction(
                $"Write `{fix.Replacement}`", QuickFix, [Problems.Report(diagnostic, uriOf)], true, Edit(question, [fix]));
        }
    }

    private static WorkspaceEdit Edit(Question question, IEnumerable<SuggestedFix> fixes) => new(new Dictionary<string, TextEdit[]>(StringComparer.Ordinal)
    {
        [question.Uri] = [.. fixes.Select(fix => new TextEdit(Places.Of(question.Source, fix.Span), fix.Replacement))],
    });

    private static List<SuggestedFix> NonOverlapping(List<Diagnostic> diagnostics)
    {
        var (fixes, end) = (new List<SuggestedFix>(), -1);
        foreach (var fix in diagnostics.Select(diagnostic => diagnostic.Fix).OfType<SuggestedFix>().OrderBy(fix => fix.Span.Start))
        {
            if (fix.Span.Start > end)
            {
                fixes.Add(fix);
                end = fix.Span.End;
            }
        }

        return fixes;
    }

    private static bool Touches(TextSpan diagnostic, TextSpan range) => diagnostic.Start <= range.End && range.Start <= diagnostic.End;

    // A kind stands for the kinds below it, too.
    private static bool IsWanted(string[]? only, string kind) =>
        only is null || only.Any(wanted => kind == wanted || kind.StartsWith(wanted + ".", StringComparison.Ordinal));
}
