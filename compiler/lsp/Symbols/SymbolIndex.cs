using Netpol.Lsp.Workspace;
using Netpol.Syntax;

namespace Netpol.Lsp.Symbols;

/// <summary>The names of builds by place and by what they name.</summary>
internal static class SymbolIndex
{
    public static IEnumerable<PlacedOccurrence> Of(BuildFile file) =>
        file.Parsed.Parts.SelectMany(part => SymbolWalk.Of(part.Unit).Select(symbol => new PlacedOccurrence(file, part, symbol)));

    public static IEnumerable<PlacedOccurrence> Of(Build build) => build.Files.SelectMany(Of);

    /// <summary>The name at a place or that ends there; null: none.</summary>
    public static PlacedOccurrence? At(BuildFile file, int offset)
    {
        // A part ends where the next one begins, and a name may end there.
        foreach (var part in new[] { file.PartAt(offset), offset > 0 ? file.PartAt(offset - 1) : null }.OfType<SourcePart>())
        {
            foreach (var symbol in SymbolWalk.Of(part.Unit))
            {
                if (part.Start + symbol.Span.Start <= offset && offset <= part.Start + symbol.Span.End)
                {
                    return new PlacedOccurrence(file, part, symbol);
                }
            }
        }

        return null;
    }

    /// <summary>All places of what a name names, in the order of files and places, each once however many builds hold it.</summary>
    public static IEnumerable<PlacedOccurrence> Same(IEnumerable<Build> builds, Occurrence symbol) => builds
        .SelectMany(Of)
        .Where(found => found.Symbol.IsSameAs(symbol))
        .DistinctBy(found => (found.File.FullPath, found.Span))
        .OrderBy(found => found.File.FullPath, StringComparer.Ordinal).ThenBy(found => found.Span.Start);
}
