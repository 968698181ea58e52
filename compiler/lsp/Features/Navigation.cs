using Netpol.Lsp.Protocol;
using Netpol.Lsp.Symbols;
using SymbolKind = Netpol.Lsp.Symbols.SymbolKind;

namespace Netpol.Lsp.Features;

/// <summary>From a name to where it is declared, and to where it is used.</summary>
internal static class Navigation
{
    public static Location[] Definition(Question question, int offset)
    {
        if (SymbolIndex.At(question.File, offset) is not { } found)
        {
            return [];
        }

        return found.Symbol.Kind == SymbolKind.File
            ? Imported(question, found.Symbol.Name)
            : [.. question.Same(found.Symbol).Where(place => place.Symbol.IsDeclaration).Select(place => place.LocationIn(question.UriOf(place.File.FullPath)))];
    }

    public static Location[] References(Question question, int offset, bool includeDeclaration) =>
        SymbolIndex.At(question.File, offset) is { } found && found.Symbol.Kind != SymbolKind.File
            ? [.. Distinct(question.Same(found.Symbol).Where(place => includeDeclaration || !place.Symbol.IsDeclaration)).Select(place => place.LocationIn(question.UriOf(place.File.FullPath)))]
            : [];

    public static DocumentHighlight[] Highlights(Question question, int offset) =>
        SymbolIndex.At(question.File, offset) is { } found
            ? [.. Distinct(SymbolIndex.Of(question.File).Where(place => place.Symbol.IsSameAs(found.Symbol))).Select(place => new DocumentHighlight(place.Range, place.Symbol.IsDeclaration ? 3 : 2))]
            : [];

    // A label that is compared with several values is one place.
    private static IEnumerable<PlacedOccurrence> Distinct(IEnumerable<PlacedOccurrence> places) => places.DistinctBy(place => (place.File.FullPath, place.Span));

    private static Location[] Imported(Question question, string written)
    {
        var path = Path.TrimEndingDirectorySeparator(Path.GetFullPath(written, Path.GetDirectoryName(question.File.FullPath) ?? "/"));
        var start = new Protocol.Range(new Position(0, 0), new Position(0, 0));
        return [.. question.Build.Files.Where(file => file.FullPath == path || Path.GetDirectoryName(file.FullPath) == path).Select(file => new Location(question.UriOf(file.FullPath), start))];
    }
}
