using System.Collections.Immutable;
using Netpol.Diagnostics;
using Netpol.Syntax;
using Netpol.Text;

namespace Netpol.Parsing;

/// <summary>
/// All files of a build: those named and what they import, each once. Reads nothing itself; a host's function does.
/// </summary>
public sealed class ImportGraph
{
    private const string Extension = ".netpol";

    private readonly Func<string, SourceContent> _read;
    private readonly SourceParser _parse;
    private readonly Dictionary<string, bool> _loaded = new(StringComparer.Ordinal);
    private readonly List<string> _path = [];
    private readonly ImmutableArray<CompilationUnitSyntax>.Builder _units = ImmutableArray.CreateBuilder<CompilationUnitSyntax>();
    private readonly ImmutableArray<Diagnostic>.Builder _diagnostics = ImmutableArray.CreateBuilder<Diagnostic>();

    private ImportGraph(Func<string, SourceContent> read, SourceParser parse) => (_read, _parse) = (read, parse);

    /// <param name="roots">Files or folders, as paths from the build root with forward slashes.</param>
    /// <param name="read">What is at a path from the build root.</param>
    /// <param name="show">A root as its author knows it, for the diagnostic that it cannot be read; else it is the path.</param>
    /// <param name="parse">Else it is <see cref="NetpolParser.Parse(SourceFile)"/>.</param>
    /// <returns>The files' trees in the order they were met, and all diagnostics of reading and parsing them.</returns>
    public static (ImmutableArray<CompilationUnitSyntax> Units, ImmutableArray<Diagnostic> Diagnostics) Load(
        IEnumerable<string> roots, Func<string, SourceContent> read, Func<string, string>? show = null, SourceParser? parse = null)
    {
        var graph = new ImportGraph(read, parse ?? NetpolParser.Parse);
        foreach (var root in roots)
        {
            var path = Normalize(root);
            if (graph.Load(path, _ => { }) is { } reason)
            {
                graph._diagnostics.Add(SyntaxDiagnostics.FileNotFound.Nowhere(show?.Invoke(path) ?? path, reason));
            }
        }

        return (graph._units.ToImmutable(), graph._diagnostics.ToImmutable());
    }

    /// <summary>Loads a file or the files of a folder.</summary>
    /// <param name="reportCycle">Called with the chain where the path is being loaded already.</param>
    /// <returns>Why it cannot be read; null where it could.</returns>
    private string? Load(string path, Action<string> reportCycle)
    {
        if (_loaded.TryGetValue(path, out var isWhole))
        {
            if (!isWhole)
            {
                reportCycle(string.Join(" -> ", _path.Skip(_path.IndexOf(path)).Append(path).Select(part => $"`{part}`")));
            }

            return null;
        }

        switch (_read(path))
        {
            case SourceContent.File file:
                LoadFile(path, file);
                return null;
            case SourceContent.Folder folder:
                var names = folder.Names.Where(name => name.EndsWith(Extension, StringComparison.Ordinal)).Order(StringComparer.Ordinal).ToList();
                foreach (var name in names)
                {
                    if (Load(Normalize($"{path}/{name}"), reportCycle) is { } reason)
                    {
                        return $"{name}: {reason}";
                    }
                }

                return names.Count == 0 ? $"the folder holds no {Extension} file" : null;
            case SourceContent.Unreadable unreadable:
                return unreadable.Reason;
            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }

    private void LoadFile(string path, SourceContent.File file)
    {
        _loaded[path] = false;
        _path.Add(path);
        var (unit, diagnostics) = _parse(SourceFile.FromUtf8(path, file.Bytes.Span));
        _diagnostics.AddRange(diagnostics);
        foreach (var import in unit.Statements.OfType<ImportSyntax>())
        {
            if (Import(unit.Source, import) is { } reason)
            {
                _diagnostics.Add(SyntaxDiagnostics.ImportNotFound.At(unit.Source, import.Path.Span, Wording.Quote(import.Path.Value), reason));
                unit = unit with { HasUnreadParts = true };
            }
        }

        _units.Add(unit);
        _path.RemoveAt(_path.Count - 1);
        _loaded[path] = true;
    }

    private string? Import(SourceFile source, ImportSyntax import)
    {
        var written = import.Path.Value;
        if (written.StartsWith('/') || written.Length == 0)
        {
            return "the path is not relative to the importing file";
        }

        var slash = source.Path.LastIndexOf('/');
        return Load(
            Normalize(slash < 0 ? written : $"{source.Path[..slash]}/{written}"),
            chain => _diagnostics.Add(SyntaxDiagnostics.ImportCycle.At(source, import.Path.Span, chain)));
    }

    /// <summary>Takes `.` and `name/..` out; `..` at the front stays.</summary>
    private static string Normalize(string path)
    {
        var parts = new List<string>();
        foreach (var part in path.Split('/'))
        {
            if (part == ".." && parts.Count > 0 && parts[^1] is not ("" or ".."))
            {
                parts.RemoveAt(parts.Count - 1);
            }
            else if (part != "." && (part.Length > 0 || parts.Count == 0))
            {
                parts.Add(part);
            }
        }

        return parts.Count == 0 ? "." : string.Join('/', parts);
    }
}

/// <summary>A file's text to its syntax, or as much of it as the caller needs.</summary>
public delegate (CompilationUnitSyntax Unit, ImmutableArray<Diagnostic> Diagnostics) SourceParser(SourceFile source);
