using System.Collections.Immutable;
using Netpol.Binding;
using Netpol.Diagnostics;
using Netpol.Model;
using Netpol.Parsing;
using Netpol.Syntax;
using Netpol.Text;
using Netpol.Toolchain;

namespace Netpol.Lsp.Workspace;

/// <summary>
/// Files that are built together, as <c>netpol check ROOT…</c> finds them, at one moment. The next moment's is made from it: only the parts of
/// files that changed are parsed anew. Names are bound anew each time, which costs little, and then a mistake is said as the command says it.
/// </summary>
internal sealed class Build
{
    private Build(ImmutableArray<string> roots, string folder, ImmutableArray<BuildFile> files, NetworkModel model, ImmutableArray<Diagnostic> diagnostics)
    {
        (Roots, Folder, Files, Model, Diagnostics) = (roots, folder, files, model, diagnostics);
        ByPath = files.ToImmutableDictionary(file => file.FullPath, StringComparer.Ordinal);
    }

    /// <summary>Full paths of files or folders.</summary>
    public ImmutableArray<string> Roots { get; }

    /// <summary>Where paths of sources start.</summary>
    public string Folder { get; }

    public ImmutableArray<BuildFile> Files { get; }

    public ImmutableDictionary<string, BuildFile> ByPath { get; }

    /// <summary>Complete only where no diagnostic is an error.</summary>
    public NetworkModel Model { get; }

    /// <summary>Of reading, parsing and binding.</summary>
    public ImmutableArray<Diagnostic> Diagnostics { get; }

    public bool HasErrors => Diagnostics.Any(diagnostic => diagnostic.IsError);

    /// <param name="earlier">The same build before; null: there was none.</param>
    /// <param name="open">What a file holds by its full path; null: the disk knows.</param>
    public static Build Of(ImmutableArray<string> roots, Build? earlier, Func<string, ReadOnlyMemory<byte>?> open)
    {
        var known = earlier?.Files.ToDictionary(file => file.Source.Path, file => file.Parsed, StringComparer.Ordinal) ?? [];
        var parsed = new Dictionary<string, PartedFile>(StringComparer.Ordinal);
        var loaded = SourceLoader.Load(roots, null, source => Parse(source, known, parsed), open);
        ImmutableArray<BuildFile> files =
            [.. loaded.Units.Select(unit => new BuildFile(Path.GetFullPath(unit.Source.Path, loaded.Root), parsed[unit.Source.Path]))];
        var (model, binding, _) = Binder.Bind([.. loaded.Units.SelectMany(unit => PartsOf(unit, parsed[unit.Source.Path]))], BoundDeclarations.None);
        return new Build(roots, loaded.Root, files, model, [.. loaded.Diagnostics, .. binding]);
    }

    // What the graph of imports has to see of a file is its imports.
    private static (CompilationUnitSyntax Unit, ImmutableArray<Diagnostic> Diagnostics) Parse(
        SourceFile source, Dictionary<string, PartedFile> known, Dictionary<string, PartedFile> parsed)
    {
        var file = PartedFile.Parse(source, known.GetValueOrDefault(source.Path));
        known[source.Path] = parsed[source.Path] = file;
        var imports = file.Parts.SelectMany(part => part.Unit.Statements.OfType<ImportSyntax>().Select(import => import with { Path = Moved(import.Path, part) }));
        return (new CompilationUnitSyntax(file.Source, [.. imports]), file.Diagnostics);
    }

    private static Spelled<string> Moved(Spelled<string> path, SourcePart part) => path with { Span = path.Span with { Start = part.Start + path.Span.Start } };

    private static IEnumerable<SourcePart> PartsOf(CompilationUnitSyntax loaded, PartedFile file)
    {
        // That a file says its namespace twice is seen by who binds it whole.
        if (file.Parts.Sum(part => part.Unit.Statements.Count(statement => statement is DefaultNamespaceSyntax)) > 1)
        {
            var (unit, _) = NetpolParser.Parse(file.Source);
            return [SourcePart.Whole(unit with { HasUnreadParts = unit.HasUnreadParts || loaded.HasUnreadParts })];
        }

        // An import that cannot be read may declare what is missing.
        return loaded.HasUnreadParts
            ? [.. file.Parts, SourcePart.Whole(new CompilationUnitSyntax(new SourceFile(file.Source.Path, ""), []) { HasUnreadParts = true })]
            : file.Parts;
    }
}
