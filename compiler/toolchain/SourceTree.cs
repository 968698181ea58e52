using System.Collections.Immutable;
using Netpol.Binding;
using Netpol.Diagnostics;
using Netpol.Model;
using Netpol.Parsing;
using Netpol.Syntax;
using Netpol.Text;

namespace Netpol.Toolchain;

/// <summary>All files of a build, read from disk with their imports, parsed and bound.</summary>
/// <param name="Root">The folder that paths in sources, diagnostics and rules start from.</param>
/// <param name="Model">Complete only where no diagnostic is an error.</param>
public sealed record SourceTree(
    string Root, ImmutableArray<CompilationUnitSyntax> Units, NetworkModel Model, ImmutableArray<Diagnostic> Diagnostics)
{
    private const long LargestFileBytes = 256L << 20;

    public ImmutableArray<SourceFile> Sources => [.. Units.Select(unit => unit.Source)];

    public bool HasErrors => Diagnostics.Any(diagnostic => diagnostic.IsError);

    /// <summary>Some of the files or folders asked for are not there or cannot be read.</summary>
    public bool LacksFiles => Diagnostics.Any(diagnostic => diagnostic.Descriptor == SyntaxDiagnostics.FileNotFound);

    /// <param name="files">Files, or folders of <c>.netpol</c> files; relative ones start at <paramref name="workingFolder"/>.</param>
    public static SourceTree Load(IReadOnlyList<string> files, string workingFolder)
    {
        ImmutableArray<string> named = [.. files.Select(file => Path.TrimEndingDirectorySeparator(Path.GetFullPath(file, workingFolder)))];
        var root = CommonFolder(named);
        var (units, diagnostics) = LoadFrom(root, named);

        // What is imported from above the files named moves the root up: a bundle keeps its sources in one folder.
        var steps = units.Select(unit => unit.Source.Path.Split('/').TakeWhile(part => part == "..").Count()).DefaultIfEmpty().Max();
        if (steps > 0)
        {
            root = Path.GetFullPath(string.Join('/', Enumerable.Repeat("..", steps)), root);
            (units, diagnostics) = LoadFrom(root, named);
        }

        var (model, meaning) = Binder.Bind(units);
        return new SourceTree(root, units, model, [.. diagnostics, .. meaning]);
    }

    private static (ImmutableArray<CompilationUnitSyntax> Units, ImmutableArray<Diagnostic> Diagnostics) LoadFrom(
        string root, ImmutableArray<string> named) =>
        ImportGraph.Load(named.Select(file => Path.GetRelativePath(root, file)), path => Read(Path.GetFullPath(path, root)));

    /// <summary>The deepest folder that holds all of them; a folder that is named holds itself.</summary>
    private static string CommonFolder(ImmutableArray<string> named)
    {
        var folders = named.Select(file => Directory.Exists(file) ? file : Path.GetDirectoryName(file) ?? "/").ToImmutableArray();
        var common = folders.IsEmpty ? "/" : folders[0];
        while (folders.Any(folder => folder != common && !folder.StartsWith(common.TrimEnd('/') + "/", StringComparison.Ordinal)))
        {
            common = Path.GetDirectoryName(common) ?? "/";
        }

        return common;
    }

    private static SourceContent Read(string path)
    {
        try
        {
            if (Directory.Exists(path))
            {
                return new SourceContent.Folder([.. Directory.EnumerateFiles(path).Select(file => Path.GetFileName(file))]);
            }

            if (new FileInfo(path) is { Exists: true, Length: > LargestFileBytes })
            {
                return new SourceContent.Unreadable($"the file is larger than {LargestFileBytes >> 20} MiB");
            }

            return new SourceContent.File(File.ReadAllBytes(path));
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            return new SourceContent.Unreadable("no such file");
        }
        catch (UnauthorizedAccessException)
        {
            return new SourceContent.Unreadable("permission denied");
        }
        catch (Exception exception) when (exception is IOException or NotSupportedException or ArgumentException)
        {
            return new SourceContent.Unreadable(exception.Message.TrimEnd('.'));
        }
    }
}
