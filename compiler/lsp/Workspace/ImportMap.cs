using System.Collections.Immutable;
using System.Text;
using Netpol.Parsing;
using Netpol.Text;

namespace Netpol.Lsp.Workspace;

/// <summary>
/// Which files of a workspace import which, to find the files that a build of one begins with: those that nobody imports. A file that stands
/// alone is its own build.
/// </summary>
internal sealed class ImportMap
{
    private const int MostFiles = 5000;
    private const int DeepestFolder = 12;
    private const string Extension = ".netpol";

    private static readonly string[] Skipped = ["bin", "obj", "node_modules", "artifacts"];

    private readonly Dictionary<string, ImmutableArray<string>> _imports = new(StringComparer.Ordinal);

    /// <summary>Reads the imports of all files below folders. Hidden folders and those of build outputs are passed over.</summary>
    /// <param name="read">What a file holds; null: it cannot be read.</param>
    public void Scan(IEnumerable<string> folders, Func<string, ReadOnlyMemory<byte>?> read)
    {
        _imports.Clear();
        foreach (var path in folders.SelectMany(folder => FilesBelow(folder, 0)).Distinct(StringComparer.Ordinal).Take(MostFiles))
        {
            Update(path, read);
        }
    }

    /// <summary>Reads the imports of one file again.</summary>
    public void Update(string path, Func<string, ReadOnlyMemory<byte>?> read)
    {
        if (read(path) is { } bytes)
        {
            _imports[path] = ImportsOf(path, Encoding.UTF8.GetString(bytes.Span));
        }
        else
        {
            _imports.Remove(path);
        }
    }

    /// <summary>The files whose builds hold a file, in the order of their paths; at least one.</summary>
    public ImmutableArray<string> RootsOf(string path)
    {
        var (seen, roots, open) = (new HashSet<string>(StringComparer.Ordinal) { path }, new SortedSet<string>(StringComparer.Ordinal), new Queue<string>([path]));
        while (open.TryDequeue(out var file))
        {
            var importers = _imports.Where(known => known.Key != file && known.Value.Any(import => Imports(import, file))).Select(known => known.Key).ToList();
            if (importers.Count == 0)
            {
                roots.Add(file);
            }

            importers.Where(seen.Add).ToList().ForEach(open.Enqueue);
        }

        // Files in a circle are all imported.
        return roots.Count == 0 ? [path] : [.. roots];
    }

    private static bool Imports(string import, string file) => import == file || (Path.GetDirectoryName(file) == import && file.EndsWith(Extension, StringComparison.Ordinal));

    private static ImmutableArray<string> ImportsOf(string path, string text)
    {
        if (!text.Contains("import", StringComparison.Ordinal))
        {
            return [];
        }

        var source = new SourceFile(path, text);
        var lexemes = Lexeme.All(source);
        return
        [
            .. lexemes.Zip(lexemes.Skip(1))
                .Where(pair => pair.First.Kind == LexemeKind.Word && pair.Second.Kind == LexemeKind.Quoted && source.TextOf(pair.First.Span) == "import")
                .Select(pair => source.TextOf(pair.Second.Span)[1..^1])
                .Where(written => written.Length > 0 && !written.StartsWith('/') && !written.Contains('\0'))
                .Select(written => Path.TrimEndingDirectorySeparator(Path.GetFullPath(written, Path.GetDirectoryName(path) ?? "/"))),
        ];
    }

    private static IEnumerable<string> FilesBelow(string folder, int depth)
    {
        string[] files, folders;
        try
        {
            files = Directory.GetFiles(folder, "*" + Extension);
            folders = depth < DeepestFolder ? Directory.GetDirectories(folder) : [];
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return [];
        }

        return files.Concat(folders.Where(IsLookedInto).SelectMany(inner => FilesBelow(inner, depth + 1)));
    }

    private static bool IsLookedInto(string folder) =>
        Path.GetFileName(folder) is var name && !name.StartsWith('.') && !Skipped.Contains(name) && new DirectoryInfo(folder).LinkTarget is null;
}
