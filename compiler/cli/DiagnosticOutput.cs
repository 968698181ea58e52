using System.Collections.Immutable;
using System.Diagnostics;
using Netpol.Diagnostics;
using Netpol.Text;

namespace Netpol.Cli;

/// <summary>Shows diagnostics in the format asked for, with paths that the caller can open from where they are.</summary>
internal static class DiagnosticOutput
{
    public const string Human = "human";
    public const string MsBuild = "msbuild";
    public const string Json = "json";
    public const string Sarif = "sarif";

    /// <summary>For people: to the error stream, coloured where it is a terminal.</summary>
    public static void Show(Terminal terminal, IEnumerable<Diagnostic> diagnostics, string root)
    {
        terminal.Output.Flush();
        terminal.Error.Write(HumanRenderer.Render(
            Relative(diagnostics, root, terminal.WorkingDirectory), terminal.ErrorHasColour ? Paint : null));
    }

    /// <summary>Shows what was found in what a command is to translate. False: it is not to be written, and that is said.</summary>
    public static bool ShowBeforeWriting(Terminal terminal, IReadOnlyCollection<Diagnostic> diagnostics, string root)
    {
        Show(terminal, diagnostics, root);
        var isFit = !diagnostics.Any(diagnostic => diagnostic.IsError);
        if (!isFit)
        {
            terminal.Fail($"nothing is written: {Count(diagnostics)}");
        }

        return isFit;
    }

    /// <summary>As the result of a command: to the output stream.</summary>
    public static void Write(Terminal terminal, IEnumerable<Diagnostic> diagnostics, string root, string format)
    {
        var shown = Relative(diagnostics, root, terminal.WorkingDirectory);
        terminal.Output.Write(format switch
        {
            Human => HumanRenderer.Render(shown, terminal.HasColour ? Paint : null),
            MsBuild => MsBuildRenderer.Render(shown),
            Json => JsonRenderer.Render(shown),
            Sarif => SarifRenderer.Render(shown),
            _ => throw new UnreachableException(),
        });
    }

    /// <summary>A line for each fix that was written, to the error stream.</summary>
    public static void ShowFixed(Terminal terminal, IEnumerable<Diagnostic> diagnostics, string root)
    {
        terminal.Output.Flush();
        foreach (var diagnostic in Relative(diagnostics, root, terminal.WorkingDirectory))
        {
            terminal.Error.Write(HumanRenderer.RenderFixed(diagnostic));
        }
    }

    /// <summary><c>2 errors, 1 warning</c></summary>
    public static string Count(IReadOnlyCollection<Diagnostic> diagnostics)
    {
        var errors = diagnostics.Count(diagnostic => diagnostic.IsError);
        return $"{Counted(errors, "error")}, {Counted(diagnostics.Count - errors, "warning")}";
    }

    /// <summary><c>1 rule</c>, <c>2 rules</c></summary>
    public static string Counted(int count, string thing) =>
        count == 1 ? $"1 {thing}" : thing.EndsWith('y') ? $"{count} {thing[..^1]}ies" : $"{count} {thing}{(thing[^1] is 'x' or 's' ? "es" : "s")}";

    private static ImmutableArray<Diagnostic> Relative(IEnumerable<Diagnostic> diagnostics, string root, string workingDirectory)
    {
        var shown = new Dictionary<SourceFile, SourceFile>(ReferenceEqualityComparer.Instance);
        return
        [
            .. diagnostics.Select(diagnostic => diagnostic with
            {
                Source = diagnostic.Source is { } source ? Moved(source) : null,
                Related = diagnostic.Related is { } related ? related with { Source = Moved(related.Source) } : null,
            }),
        ];

        SourceFile Moved(SourceFile source)
        {
            if (!shown.TryGetValue(source, out var moved))
            {
                var full = Path.GetFullPath(source.Path, root);
                var relative = Path.GetRelativePath(workingDirectory, full);
                var path = relative.StartsWith("../", StringComparison.Ordinal) ? full : relative;
                moved = path == source.Path ? source : new SourceFile(path, source.Text);
                shown.Add(source, moved);
            }

            return moved;
        }
    }

    private static string Paint(TextRole role, string text)
    {
        var colour = role switch
        {
            TextRole.Error => "1;31",
            TextRole.Warning => "1;33",
            TextRole.Place => "1",
            TextRole.Excerpt => "36",
            TextRole.Help => "32",
            _ => throw new UnreachableException(),
        };
        return $"\u001b[{colour}m{text}\u001b[0m";
    }
}
