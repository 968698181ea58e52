using Netpol.Diagnostics;
using Netpol.Lsp.Protocol;
using Netpol.Lsp.Workspace;

namespace Netpol.Lsp.Features;

/// <summary>Diagnostics as the protocol has them.</summary>
internal static class Problems
{
    /// <param name="uriOf">How the client knows a file by its path from the build's folder.</param>
    public static ProblemReport Report(Diagnostic diagnostic, Func<string, string> uriOf)
    {
        var range = diagnostic.Source is { } source ? Places.Of(source, diagnostic.Span) : new Protocol.Range(new Position(0, 0), new Position(0, 0));
        RelatedReport[]? related = diagnostic.Related is { } place
            ? [new RelatedReport(new Location(uriOf(place.Source.Path), Places.Of(place.Source, place.Span)), place.Message)]
            : null;
        return new ProblemReport(
            range, diagnostic.IsError ? 1 : 2, diagnostic.Id, "netpol", $"{diagnostic.Message}\n{diagnostic.Help}", related);
    }
}
