using System.Text;
using Netpol.Lsp.Protocol;
using Netpol.Lsp.Symbols;
using Netpol.Lsp.Workspace;
using Netpol.Model;
using Netpol.Parsing;
using Netpol.Semantics.Analysis;
using SymbolKind = Netpol.Lsp.Symbols.SymbolKind;

namespace Netpol.Lsp.Features;

/// <summary>What is said about the name, rule or word under the pointer.</summary>
internal static class Hovering
{
    public static HoverAnswer? At(Question question, int offset)
    {
        if (SymbolIndex.At(question.File, offset) is { } found)
        {
            return About(question, found) is { } text ? new HoverAnswer(new MarkupContent("markdown", text), found.Range) : null;
        }

        return Word(question, offset);
    }

    private static string? About(Question question, PlacedOccurrence found)
    {
        var (model, name) = (question.Build.Model, found.Symbol.Name);
        return found.Symbol.Kind switch
        {
            SymbolKind.Group => Declared(question, found, model.Groups.FirstOrDefault(group => group.Name == name) is { } group
                ? $"Holds {SetWords.Of(group.Set)}.\n\n{Usage.Of(question, found.Symbol)}" : null),
            SymbolKind.Ports => Declared(question, found, $"Stands for {PortsWords.Of(question, name)}.\n\n{Usage.Of(question, found.Symbol)}"),
            SymbolKind.Policy => Declared(question, found, model.Policies.FirstOrDefault(policy => policy.Name == name) is { } policy ? Policy(policy) : null),
            SymbolKind.Service => Declared(question, found, model.Services.FirstOrDefault(service => service.Name == name) is { } service ? Service(service) : null),
            SymbolKind.Namespace => Namespace(question, found),
            SymbolKind.PodPort => $"The port that the receiving pod calls `{name}`.",
            SymbolKind.LabelKey => Label(question, found),
            SymbolKind.ServicePort => $"Port `{name}` of service `{found.Symbol.Owner}`.",
            SymbolKind.Qos or SymbolKind.File => null,
            _ => throw new System.Diagnostics.UnreachableException(),
        };
    }

    // The first line of the declaration, its doc comment, and what it means.
    private static string? Declared(Question question, PlacedOccurrence found, string? meaning)
    {
        var declarations = question.Same(found.Symbol).Where(same => same.Symbol.IsDeclaration).Take(1).ToList();
        if (declarations is not [var declared])
        {
            return null;
        }

        var text = new StringBuilder($"```netpol\n{FirstLine(declared)}\n```\n");
        if (declared.Symbol.Statement.Documentation is { } documentation)
        {
            text.Append('\n').Append(documentation).Append('\n');
        }

        return (meaning is null ? text : text.Append('\n').Append(meaning)).ToString().TrimEnd();
    }

    private static string FirstLine(PlacedOccurrence declared)
    {
        var source = declared.Part.Unit.Source;
        var span = declared.Symbol.Statement.Span;
        var line = source.LineSpan(source.PositionOf(span.Start).Line);
        return source.TextOf(Text.TextSpan.FromBounds(span.Start, Math.Min(line.End, span.End)));
    }

    private static string Policy(Policy policy)
    {
        var directions = policy.Blocks.GroupBy(block => block.Direction).OrderBy(blocks => blocks.Key).Select(blocks =>
        {
            var (direction, rules) = (blocks.Key.ToString().ToLowerInvariant(), Usage.Counted(blocks.Sum(block => block.Rules.Length), "rule"));
            return policy.Tier.IsOrdered || blocks.All(block => block.IsOpen) ? $"{direction}: {rules}" : $"{direction}: {rules}, and nothing else comes through";
        });
        return $"Applies to {SetWords.Of(policy.For)}{(policy.Tier.IsOrdered ? $", in {policy.Tier}" : "")}.\n\n{string.Join("  \n", directions)}";
    }

    private static string Service(Service service)
    {
        var ports = string.Join(", ", service.Ports.Select(port => $"{port.Port}/{port.Protocol.ToString().ToLowerInvariant()}"));
        var backends = service.Backends switch
        {
            BackendSource.Endpoints endpoints => SetWords.Of(endpoints.Set),
            BackendSource.Literal literal => Usage.Counted(literal.Backends.Length, "address"),
            _ => throw new System.Diagnostics.UnreachableException(),
        };
        return $"At {string.Join(", ", service.Addresses)}, ports {ports}.\n\nBackends: {backends}.";
    }

    private static string? Namespace(Question question, PlacedOccurrence found)
    {
        var declared = question.Build.Model.Namespaces.FirstOrDefault(known => known.Name == found.Symbol.Name);
        return declared is null
            ? $"Namespace `{found.Symbol.Name}`; no file declares its labels."
            : $"Namespace `{declared.Name}` with {string.Join(", ", declared.Labels.Select(label => $"`{label.Key}` = {SetText.Quoted(label.Value)}"))}.";
    }

    private static string Label(Question question, PlacedOccurrence found)
    {
        var same = question.Same(found.Symbol).ToList();
        var values = same.Select(place => place.Symbol.Value).OfType<string>().Distinct().Order(StringComparer.Ordinal).ToList();
        return $"Label `{found.Symbol.Name}`{(values.Count == 0 ? "" : $"; in these files it is compared with {string.Join(", ", values.Take(10).Select(SetText.Quoted))}{(values.Count > 10 ? " and others" : "")}")}.";
    }

    private static HoverAnswer? Word(Question question, int offset)
    {
        if (question.File.PartAt(offset) is not { } part)
        {
            return null;
        }

        var (source, at) = (part.Unit.Source, offset - part.Start);
        var word = Lexeme.All(source).FirstOrDefault(lexeme => lexeme.Kind is LexemeKind.Word or LexemeKind.Reserved && lexeme.Span.Start <= at && at <= lexeme.Span.End);
        if (word.Span.Length == 0 || WordHelp.Of(source.TextOf(word.Span)) is not { } help)
        {
            return null;
        }

        var text = RuleWords.At(question.Build, part, at) is { } rule && rule.Syntax.Action.Span == word.Span ? $"{rule.Words}\n\n{help}" : help;
        return new HoverAnswer(new MarkupContent("markdown", text), Places.Of(question.Source, word.Span with { Start = part.Start + word.Span.Start }));
    }
}
