using Netpol.Lsp.Protocol;
using Netpol.Lsp.Workspace;
using Netpol.Syntax;
using Netpol.Text;

namespace Netpol.Lsp.Symbols;

/// <summary>A name where it is in its file.</summary>
internal readonly record struct PlacedOccurrence(BuildFile File, SourcePart Part, Occurrence Symbol)
{
    /// <summary>In the file.</summary>
    public TextSpan Span => Symbol.Span with { Start = Part.Start + Symbol.Span.Start };

    public Protocol.Range Range => Places.Of(File.Source, Span);

    public Location LocationIn(string uri) => new(uri, Range);
}
