using System.Text;

namespace Netpol.Diagnostics;

/// <summary>One line a diagnostic, as msbuild and the editors that read its output expect it.</summary>
public static class MsBuildRenderer
{
    public static string Render(IEnumerable<Diagnostic> diagnostics)
    {
        var text = new StringBuilder();
        foreach (var diagnostic in diagnostics)
        {
            text.Append(Line(diagnostic)).Append('\n');
        }

        return text.ToString();
    }

    /// <summary><c>file(line,col): error NP1001: message</c>; <c>netpol: error …</c> where there is no place.</summary>
    internal static string Line(Diagnostic diagnostic)
    {
        var place = "netpol";
        if (diagnostic.Source is { } source)
        {
            var position = source.PositionOf(diagnostic.Span.Start);
            place = $"{source.Path}({position.Line},{position.Column})";
        }

        return $"{place}: {Wording.Of(diagnostic.Severity)} {diagnostic.Id}: {Wording.OneLine(diagnostic.Message)}";
    }
}
