using Netpol.Parsing;

namespace Netpol.Toolchain;

/// <summary>Reads the files that a command line names, and what they import.</summary>
public static class SourceLoader
{
    /// <param name="paths">Files and folders, as a person names them; at least one.</param>
    /// <param name="workingFolder">Where the person is, to name what cannot be read as they would; else from the root.</param>
    /// <param name="parse">Else all of a file is parsed.</param>
    /// <param name="open">What a file holds by its full path, where that is known better than by the disk; null: it is not.</param>
    public static LoadedSources Load(
        IReadOnlyCollection<string> paths, string? workingFolder = null, SourceParser? parse = null, Func<string, ReadOnlyMemory<byte>?>? open = null)
    {
        var named = paths.Select(path => Path.TrimEndingDirectorySeparator(Path.GetFullPath(path))).ToList();
        var root = CommonFolder(named);
        while (true)
        {
            var loaded = Load(root, named, workingFolder, parse, open);

            // An import that leads out of the named files' folder makes the build larger, and its root with it.
            var levels = loaded.Units.Max(unit => (int?)unit.Source.Path.Split('/').TakeWhile(part => part == "..").Count()) ?? 0;
            if (levels == 0)
            {
                return loaded;
            }

            for (; levels > 0; levels--)
            {
                root = Path.GetDirectoryName(root) ?? root;
            }
        }
    }

    private static LoadedSources Load(string root, List<string> named, string? workingFolder, SourceParser? parse, Func<string, ReadOnlyMemory<byte>?>? open)
    {
        var (units, diagnostics) = ImportGraph.Load(
            named.Select(path => Path.GetRelativePath(root, path).Replace(Path.DirectorySeparatorChar, '/')), path => Read(root, path, open),
            path => workingFolder is null ? path : Shown(Path.GetFullPath(path, root), workingFolder), parse);
        return new LoadedSources(root, units, diagnostics);
    }

    private static string Shown(string path, string workingFolder) =>
        Path.GetRelativePath(workingFolder, path) is var relative && !relative.StartsWith("../", StringComparison.Ordinal) ? relative : path;

    private static string CommonFolder(List<string> files)
    {
        var folders = files.Select(file => Directory.Exists(file) ? file : Path.GetDirectoryName(file) ?? "/").ToList();
        var common = folders[0];
        while (!folders.TrueForAll(folder => folder == common || folder.StartsWith(common.TrimEnd('/') + "/", StringComparison.Ordinal)))
        {
            common = Path.GetDirectoryName(common) ?? "/";
        }

        return common;
    }

    private static SourceContent Read(string root, string path, Func<string, ReadOnlyMemory<byte>?>? open)
    {
        var full = Path.GetFullPath(path, root);
        if (open?.Invoke(full) is { } known)
        {
            return new SourceContent.File(known);
        }

        try
        {
            if (Directory.Exists(full))
            {
                return new SourceContent.Folder([.. Directory.EnumerateFiles(full).Select(file => Path.GetFileName(file))]);
            }

            return InputFile.Read(full, out var problem) is { } bytes
                ? new SourceContent.File(bytes)
                : new SourceContent.Unreadable(problem);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return new SourceContent.Unreadable(exception is UnauthorizedAccessException ? "it may not be read" : exception.Message);
        }
    }
}
