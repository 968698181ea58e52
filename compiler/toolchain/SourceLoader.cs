using Netpol.Parsing;

namespace Netpol.Toolchain;

/// <summary>Reads the files that a command line names, and what they import.</summary>
public static class SourceLoader
{
    /// <summary>Nobody writes this much by hand; it keeps a slip such as a disk image from filling the memory.</summary>
    private const long LargestFile = 64 * 1024 * 1024;

    /// <param name="paths">Files and folders, as a person names them; at least one.</param>
    public static LoadedSources Load(IReadOnlyCollection<string> paths)
    {
        var named = paths.Select(path => Path.TrimEndingDirectorySeparator(Path.GetFullPath(path))).ToList();
        var root = CommonFolder(named);
        while (true)
        {
            var loaded = Load(root, named);

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

    private static LoadedSources Load(string root, List<string> named)
    {
        var (units, diagnostics) = ImportGraph.Load(
            named.Select(path => Path.GetRelativePath(root, path).Replace(Path.DirectorySeparatorChar, '/')), path => Read(root, path));
        return new LoadedSources(root, units, diagnostics);
    }

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

    private static SourceContent Read(string root, string path)
    {
        var full = Path.GetFullPath(path, root);
        try
        {
            if (Directory.Exists(full))
            {
                return new SourceContent.Folder([.. Directory.EnumerateFiles(full).Select(file => Path.GetFileName(file))]);
            }

            if (!File.Exists(full))
            {
                return new SourceContent.Unreadable("there is no such file");
            }

            // Devices say nothing of their length and may never end: it is what is read that counts.
            using var file = File.OpenRead(full);
            var buffer = new MemoryStream();
            var chunk = new byte[64 * 1024];
            for (int count; (count = file.Read(chunk)) > 0;)
            {
                buffer.Write(chunk, 0, count);
                if (buffer.Length > LargestFile)
                {
                    return new SourceContent.Unreadable("it is larger than 64 MiB");
                }
            }

            return new SourceContent.File(buffer.ToArray());
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return new SourceContent.Unreadable(exception is UnauthorizedAccessException ? "it may not be read" : exception.Message);
        }
    }
}
