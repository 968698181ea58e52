using System.Collections.Immutable;
using Netpol.Lsp.Symbols;
using Netpol.Lsp.Workspace;
using Netpol.Text;

namespace Netpol.Lsp.Features;

/// <summary>A document that a request is about, and what it is built with.</summary>
/// <param name="Builds">That hold it; the first is the one that is spoken of where they differ.</param>
/// <param name="UriOf">How the client knows a file by its full path.</param>
internal sealed record Question(ImmutableArray<Build> Builds, BuildFile File, Func<string, string> UriOf)
{
    public Build Build => Builds[0];

    public SourceFile Source => File.Source;

    public string Uri => UriOf(File.FullPath);

    public IEnumerable<PlacedOccurrence> Same(Occurrence symbol) => SymbolIndex.Same(Builds, symbol);
}
