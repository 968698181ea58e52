using System.Collections.Immutable;
using Netpol.Advice;
using Netpol.Compiler.Compilation;
using Netpol.Diagnostics;
using Netpol.Toolchain;

namespace Netpol.Cli;

/// <summary>The sources of <c>netpol check</c>, and what there is to say about them.</summary>
internal sealed class CheckedSources(Terminal terminal, string[] files)
{
    // A fix that makes room for another is rare, and a fix that calls for itself would be a mistake of ours.
    private const int MostRounds = 10;

    /// <summary>How many fixes were written.</summary>
    public int Fixed { get; private set; }

    public (SourceTree Tree, ImmutableArray<Diagnostic> Diagnostics) Check()
    {
        var tree = SourceTree.Load(files, terminal.WorkingDirectory);
        return (tree, tree.HasErrors
            ? tree.Diagnostics
            : [.. tree.Diagnostics, .. NetpolCompiler.Compile(tree.Model, tree.Sources).Diagnostics, .. Adviser.Advise(tree.Model, tree.Units)]);
    }

    /// <summary>
    /// Writes the fixes that diagnostics carry into the files and checks again, for what was hidden behind a mistake, until no
    /// diagnostic carries a fix.
    /// </summary>
    public (SourceTree Tree, ImmutableArray<Diagnostic> Diagnostics) CheckAndFix()
    {
        var found = Check();
        for (var round = 0; round < MostRounds && Fix(found.Tree, found.Diagnostics); round++)
        {
            found = Check();
        }

        return found;
    }

    private bool Fix(SourceTree tree, ImmutableArray<Diagnostic> diagnostics)
    {
        // What follows from a statement that does not parse is no mistake of its own: a name that it declares is unknown.
        var sure = tree.Files.Diagnostics.Any(diagnostic => diagnostic.IsError) ? tree.Files.Diagnostics : diagnostics;
        var isFixed = false;
        foreach (var source in tree.Sources)
        {
            var (text, applied) = SourceFixes.Apply(source, sure);
            if (applied.IsEmpty)
            {
                continue;
            }

            if (SourceWriter.Replace(Path.GetFullPath(source.Path, tree.Root), source.Text, text) is { } problem)
            {
                terminal.Fail($"`{source.Path}` cannot be fixed: {problem}");
                continue;
            }

            isFixed = true;
            Fixed += applied.Length;
            DiagnosticOutput.ShowFixed(terminal, applied, tree.Root);
        }

        return isFixed;
    }
}
