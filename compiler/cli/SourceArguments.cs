using System.CommandLine;
using Netpol.Toolchain;

namespace Netpol.Cli;

/// <summary>What the commands that read <c>.netpol</c> files have in common.</summary>
internal static class SourceArguments
{
    /// <summary><c>FILE…</c>; folders stand for the <c>.netpol</c> files in them.</summary>
    public static Argument<string[]> Files()
    {
        var files = new Argument<string[]>("FILE")
        {
            Description = "A .netpol file, or a folder of them.",
            Arity = ArgumentArity.OneOrMore,
        };
        CommandLine.RequireFiles(files);
        return files;
    }

    /// <summary>
    /// Reads the sources of a command that needs them without errors. Its diagnostics are shown; null with errors, and then
    /// <paramref name="exitCode"/> is what the command returns.
    /// </summary>
    public static SourceTree? Load(Terminal terminal, IReadOnlyList<string> files, out int exitCode)
    {
        var tree = SourceTree.Load(files, terminal.WorkingDirectory);
        DiagnosticOutput.Show(terminal, tree.Diagnostics, tree.Root);
        exitCode = tree.LacksFiles ? ExitCode.Usage : tree.HasErrors ? ExitCode.Findings : ExitCode.Good;
        return tree.HasErrors ? null : tree;
    }
}
