using Netpol.Lsp.Protocol;
using Netpol.Lsp.Symbols;
using Netpol.Lsp.Workspace;
using Netpol.Syntax;
using Netpol.Text;
using SymbolKind = Netpol.Lsp.Symbols.SymbolKind;

namespace Netpol.Lsp.Features;

/// <summary>
/// What is meant and not written: the ports of a name, the namespace of <c>pods</c> that names none, and behind a group who uses it.
/// </summary>
internal static class InlayHints
{
    public static InlayHint[] In(Question question, TextSpan span)
    {
        var parts = question.File.Parsed.Parts.Where(part => part.Start <= span.End && span.Start <= part.Start + part.Text.Length).ToList();
        var places = parts.SelectMany(part => SymbolWalk.Of(part.Unit).Select(symbol => new PlacedOccurrence(question.File, part, symbol)))
            .Where(place => place.Span.Start <= span.End && span.Start <= place.Span.End).ToList();
        var ports = new Dictionary<string, string>(StringComparer.Ordinal);
        var hints = new List<InlayHint>();
        foreach (var place in places.Where(place => place.Symbol is { Kind: SymbolKind.Ports, IsDeclaration: false }))
        {
            if (!ports.TryGetValue(place.Symbol.Name, out var words))
            {
                ports[place.Symbol.Name] = words = PortsWords.Of(question, place.Symbol.Name);
            }

            if (words.Length > 0)
            {
                hints.Add(At(place.Span.End, $"= {words}", "What the name stands for."));
            }
        }

        AddUses(hints, places);
        hints.AddRange(parts.SelectMany(DefaultNamespaces));
        return [.. hints.OrderBy(hint => hint.Position.Line).ThenBy(hint => hint.Position.Character)];

        void AddUses(List<InlayHint> to, List<PlacedOccurrence> among)
        {
            var groups = among.Where(place => place.Symbol is { Kind: SymbolKind.Group, IsDeclaration: true }).ToList();
            if (groups.Count == 0)
            {
                return;
            }

            var uses = question.Builds.SelectMany(SymbolIndex.Of).Where(use => use.Symbol is { Kind: SymbolKind.Group, IsDeclaration: false })
                .DistinctBy(use => (use.File.FullPath, use.Span)).ToLookup(use => use.Symbol.Name, StringComparer.Ordinal);
            to.AddRange(groups.Select(group => At(group.Part.Start + group.Symbol.Statement.Span.End, Usage.Of(uses[group.Symbol.Name]).TrimEnd('.').ToLowerInvariant(), "Of the files that this one is built with.")));
        }

        IEnumerable<InlayHint> DefaultNamespaces(SourcePart part)
        {
            var name = question.File.Parsed.Parts.SelectMany(other => other.Unit.Statements.OfType<DefaultNamespaceSyntax>()).FirstOrDefault()?.Name.Value ?? "default";
            return SetsIn.Of(part.Unit).OfType<SetSyntax.Pods>().Where(pods => pods.Scope is null && part.Start + pods.Span.Start <= span.End && span.Start <= part.Start + pods.Span.End)
                .Select(pods => At(part.Start + pods.Span.Start + "pods".Length, $"in namespace {Names.Written(name)}", "The default namespace of this file."));
        }

        InlayHint At(int offset, string label, string tooltip) => new(Places.Of(question.Source, offset), label, 1, true, tooltip);
    }
}
