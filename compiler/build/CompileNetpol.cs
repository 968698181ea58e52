using System.Collections.Immutable;
using Microsoft.Build.Framework;
using Netpol.Compiler.Compilation;
using Netpol.Diagnostics;
using Netpol.Text;
using Netpol.Toolchain;

namespace Netpol.Build;

/// <summary>Compiles <c>.netpol</c> files to one bundle. What it has to say comes with file, line and id; an earlier bundle stays where it fails.</summary>
public sealed class CompileNetpol : Microsoft.Build.Utilities.Task
{
    /// <summary>The files; what they import belongs to the build too.</summary>
    [Required]
    public ITaskItem[] Sources { get; set; } = [];

    /// <summary>The bundle's folder; an earlier bundle there is replaced in one step.</summary>
    [Required]
    public string Folder { get; set; } = "";

    /// <summary><c>bytecode</c> needs nothing but this task, <c>c</c> needs clang.</summary>
    public string Backend { get; set; } = "bytecode";

    public bool TreatWarningsAsErrors { get; set; }

    /// <summary>A text file that gets the full path of every file that was read: what makes the bundle old when it changes.</summary>
    [Required]
    public string InputList { get; set; } = "";

    public override bool Execute()
    {
        if (!Enum.TryParse<BackendKind>(Backend, ignoreCase: true, out var backend))
        {
            Log.LogError($"NetpolBackend is `{Backend}`: `bytecode` and `c` are known");
            return false;
        }

        var tree = SourceTree.Load([.. Sources.Select(source => source.GetMetadata("FullPath"))], Environment.CurrentDirectory);
        Report(tree.Diagnostics, tree.Root);
        if (Log.HasLoggedErrors)
        {
            return false;
        }

        var result = NetpolCompiler.Compile(tree.Model, tree.Sources, VerdictChoice.Auto);
        Report(result.Diagnostics, tree.Root);
        if (result.Output is null || Log.HasLoggedErrors)
        {
            return false;
        }

        var built = BundleBuilder.Build(result.Output, tree.Sources, Folder, backend);
        Report(built.Diagnostics, tree.Root);
        if (built.Manifest is null)
        {
            return false;
        }

        File.WriteAllLines(InputList, tree.Sources.Select(source => Path.GetFullPath(source.Path, tree.Root)));
        return !Log.HasLoggedErrors;
    }

    private void Report(ImmutableArray<Diagnostic> diagnostics, string root)
    {
        foreach (var diagnostic in diagnostics)
        {
            var (file, start, end) = diagnostic.Source is { } source
                ? (Path.GetFullPath(source.Path, root), source.PositionOf(diagnostic.Span.Start), source.PositionOf(diagnostic.Span.End))
                : (null, default(LinePosition), default(LinePosition));
            var message = diagnostic.Help.Length > 0 ? $"{diagnostic.Message}. {diagnostic.Help}" : diagnostic.Message;
            if (diagnostic.IsError || TreatWarningsAsErrors)
            {
                Log.LogError(null, diagnostic.Id, null, null, file, start.Line, start.Column, end.Line, end.Column, "{0}", message);
            }
            else
            {
                Log.LogWarning(null, diagnostic.Id, null, null, file, start.Line, start.Column, end.Line, end.Column, "{0}", message);
            }
        }
    }
}
