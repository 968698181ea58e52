using System.Globalization;
using System.Text;
using Netpol.Text;

namespace Netpol.Diagnostics;

/// <summary>
/// Diagnostics as a person reads them: the line, its source underlined, help, and where there are any the second place
/// and the fix.
/// <code>
/// web.netpol:12:3: error NP1014: port `8080` has no protocol
///    12 |   allow from web on 8080
///       |                     ~~~~
///    help: Say which, as in `8080/tcp`, `8080/udp` or `8080/sctp`.
///    fix: write `8080/tcp`
/// </code>
/// </summary>
public static class HumanRenderer
{
    // An excerpt shows at most this many columns of a line, the span among them.
    private const int WidestExcerpt = 120;
    private const int ColumnsBeforeSpan = 40;

    /// <param name="paint">Colours a piece by its role; null leaves it plain.</param>
    public static string Render(IEnumerable<Diagnostic> diagnostics, Func<TextRole, string, string>? paint = null)
    {
        var text = new StringBuilder();
        foreach (var diagnostic in diagnostics)
        {
            Render(text, diagnostic, paint ?? ((_, piece) => piece));
        }

        return text.ToString();
    }

    /// <summary>A line for a fix that was written: <c>web.netpol:12:21: fixed NP1014: wrote `8080/tcp`</c>; empty without a fix.</summary>
    public static string RenderFixed(Diagnostic diagnostic) => diagnostic is { Source: { } source, Fix: { } fix }
        ? $"{PlaceOf(source, fix.Span)}: fixed {diagnostic.Id}: wrote `{Wording.OneLine(fix.Replacement)}`\n"
        : "";

    private static void Render(StringBuilder text, Diagnostic diagnostic, Func<TextRole, string, string> paint)
    {
        var role = diagnostic.Severity == Severity.Error ? TextRole.Error : TextRole.Warning;
        var place = diagnostic.Source is { } source ? PlaceOf(source, diagnostic.Span) : "netpol";
        text.Append(paint(TextRole.Place, $"{place}: "))
            .Append(paint(role, $"{Wording.Of(diagnostic.Severity)} {diagnostic.Id}: "))
            .Append(Wording.OneLine(diagnostic.Message)).Append('\n');
        if (diagnostic.Source is not null)
        {
            Excerpt(text, diagnostic.Source, diagnostic.Span, role, paint);
        }

        if (diagnostic.Related is { } related)
        {
            text.Append("   ").Append(paint(TextRole.Place, $"{PlaceOf(related.Source, related.Span)}: "))
                .Append(Wording.OneLine(related.Message)).Append('\n');
            Excerpt(text, related.Source, related.Span, TextRole.Excerpt, paint);
        }

        text.Append(paint(TextRole.Help, "   help: ")).Append(diagnostic.Help).Append('\n');
        if (diagnostic.Fix is { } fix)
        {
            text.Append(paint(TextRole.Help, "   fix: ")).Append("write `").Append(Wording.OneLine(fix.Replacement)).Append("`\n");
        }
    }

    private static string PlaceOf(SourceFile source, TextSpan span) => $"{Wording.OneLine(source.Path)}:{source.PositionOf(span.Start)}";

    private static void Excerpt(StringBuilder text, SourceFile source, TextSpan span, TextRole role, Func<TextRole, string, string> paint)
    {
        var number = source.PositionOf(span.Start).Line;
        var line = source.LineSpan(number);
        var start = Math.Min(span.Start, line.End);
        var from = line.Length <= WidestExcerpt ? line.Start : Math.Max(line.Start, start - ColumnsBeforeSpan);
        var to = Math.Min(line.End, from + WidestExcerpt);
        var end = Math.Clamp(span.End, start, to);

        var before = (from > line.Start ? "…" : "") + Shown(source, from, start);
        var marked = Shown(source, start, end);
        var after = Shown(source, end, to) + (to < line.End ? "…" : "");
        var gutter = number.ToString(CultureInfo.InvariantCulture).PadLeft(5);
        text.Append(paint(TextRole.Excerpt, $"{gutter} | ")).Append(before).Append(marked).Append(after).Append('\n')
            .Append(paint(TextRole.Excerpt, $"{new string(' ', gutter.Length)} | ")).Append(' ', Width(before))
            .Append(paint(role, new string('~', Math.Max(1, Width(marked))))).Append('\n');
    }

    private static string Shown(SourceFile source, int from, int to) => Wording.OneLine(source.TextOf(TextSpan.FromBounds(from, to)));

    private static int Width(string text) => text.EnumerateRunes().Count();
}
