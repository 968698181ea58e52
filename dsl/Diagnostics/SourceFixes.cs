using System.Collections.Immutable;
using System.Text;
using Netpol.Text;

namespace Netpol.Diagnostics;

/// <summary>Puts the fixes that diagnostics carry into a text.</summary>
public static class SourceFixes
{
    /// <param name="source">The text that the diagnostics are about.</param>
    /// <param name="diagnostics">Those of other sources and those without a fix are passed over.</param>
    /// <returns>The new text, and the diagnostics whose fixes are in it: of two fixes that overlap the one that begins first.</returns>
    public static (string Text, ImmutableArray<Diagnostic> Applied) Apply(SourceFile source, IEnumerable<Diagnostic> diagnostics)
    {
        var text = new StringBuilder(source.Text.Length);
        var applied = ImmutableArray.CreateBuilder<Diagnostic>();
        var copied = 0;
        foreach (var diagnostic in diagnostics.Where(diagnostic => ReferenceEquals(diagnostic.Source, source)).OrderBy(diagnostic => diagnostic.Fix?.Span.Start))
        {
            // A second insertion at the place of the last fix overlaps it, too: which of the two comes first nobody said.
            if (diagnostic.Fix is not { } fix || fix.Span.Start < copied || (applied.Count > 0 && fix.Span.Start == copied && fix.Span.Length == 0))
            {
                continue;
            }

            text.Append(source.Text, copied, fix.Span.Start - copied).Append(fix.Replacement);
            copied = fix.Span.End;
            applied.Add(diagnostic);
        }

        return (text.Append(source.Text, copied, source.Text.Length - copied).ToString(), applied.ToImmutable());
    }
}
