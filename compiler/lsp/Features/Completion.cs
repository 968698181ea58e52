using System.Collections.Immutable;
using Netpol.Binding;
using Netpol.Lsp.Protocol;
using Netpol.Lsp.Symbols;
using Netpol.Lsp.Workspace;
using Netpol.Model;
using Netpol.Parsing;
using Netpol.Text;
using SymbolKind = Netpol.Lsp.Symbols.SymbolKind;

namespace Netpol.Lsp.Features;

/// <summary>What may stand where a person writes: words that the grammar wants there, and names of the kind that it wants.</summary>
internal static class Completion
{
    private const int Keyword = 14, Value = 12, Property = 10, Module = 9, Interface = 8, Class = 7, Constant = 21, Folder = 19, File = 17;

    private static readonly string[] Sets = ["any", "world", "host", "nodes", "pods", "cidr", "service", "dns"];
    private static readonly string[] Ports = ["tcp", "udp", "sctp", "icmp", "icmpv6", "port"];
    private static readonly string[] BeforeLabels = ["where", "and", "or", "not", "has", "(", "{", ","];

    public static CompletionAnswer At(Question question, int offset)
    {
        if (question.File.PartAt(offset) is not { } part)
        {
            return Answer(question, offset, offset, Words(DeclarationsIn(question.Source)));
        }

        // The blank lines behind a declaration, which may want to go on, are of the next one's part.
        var begin = part.Start > 0 && part.Text.AsSpan(0, offset - part.Start).IsWhiteSpace() ? question.File.PartAt(part.Start - 1)?.Start ?? 0 : part.Start;
        var (source, at) = (new SourceFile(question.Source.Path, question.Source.Text[begin..(part.Start + part.Text.Length)]), offset - begin);
        var lexemes = Lexeme.All(source);
        if (lexemes.Any(lexeme => lexeme.Kind == LexemeKind.Comment && lexeme.Span.Start < at && at <= lexeme.Span.End - (EndsInside(source, lexeme) ? 0 : 1)))
        {
            return Answer(question, offset, offset, []);
        }

        if (QuoteAt(source, lexemes, at) is { } quote)
        {
            return Answer(question, begin + quote + 1, offset, Quoted(question, [.. lexemes.Where(lexeme => lexeme.Span.End <= quote)], source));
        }

        var start = at;
        while (start > 0 && IsOfWord(source.Text[start - 1]))
        {
            start--;
        }

        return Expectations.At(source, start) is { } place
            ? Answer(question, begin + start, offset, Fitting(question, place, Before(source, lexemes, start)))
            : Answer(question, offset, offset, []);
    }

    // A comment of one line goes on where it ends; one with an end of its own does not.
    private static bool EndsInside(SourceFile source, Lexeme comment) => source.Text[comment.Span.Start + 1] == '/';

    private static bool IsOfWord(char c) => char.IsAsciiLetterOrDigit(c) || c is '_' or '-' or '.';

    /// <summary>Where the quoted text begins that a place is in; null: it is in none.</summary>
    private static int? QuoteAt(SourceFile source, ImmutableArray<Lexeme> lexemes, int at)
    {
        foreach (var lexeme in lexemes)
        {
            if (lexeme.Kind == LexemeKind.Quoted && lexeme.Span.Start < at && at < lexeme.Span.End)
            {
                return lexeme.Span.Start;
            }

            // One that is not closed is a bad quote, and the rest of its line.
            if (lexeme.Kind == LexemeKind.Bad && source.Text[lexeme.Span.Start] == '"' && lexeme.Span.Start < at
                && source.PositionOf(at).Line == source.PositionOf(lexeme.Span.Start).Line)
            {
                return lexeme.Span.Start;
            }
        }

        return null;
    }

    // The last words before a place, the nearest first.
    private static ImmutableArray<string> Before(SourceFile source, ImmutableArray<Lexeme> lexemes, int at) =>
        [.. lexemes.Where(lexeme => lexeme.Kind != LexemeKind.Comment && lexeme.Span.End <= at).Reverse().Take(3).Select(lexeme => source.TextOf(lexeme.Span))];

    private static IEnumerable<Suggestion> Fitting(Question question, CursorPlace place, ImmutableArray<string> before)
    {
        var words = place.Expected.Where(expected => expected.StartsWith('`') && char.IsAsciiLetter(expected[1])).SelectMany(expected => expected.Trim('`').Split(' ').Take(1));
        var suggestions = place.Expected
            .SelectMany(expected => expected switch
            {
                CursorPlace.Set => Names(question, SymbolKind.Group, Class, "group").Concat(Words(Sets)),
                CursorPlace.Port => Names(question, SymbolKind.Ports, Constant, "ports").Concat(Words(Ports)),
                CursorPlace.Name => NamesBehind(question, before),
                _ => [],
            });
        return Words(words).Concat(suggestions).DistinctBy(suggestion => suggestion.Text);
    }

    private static IEnumerable<Suggestion> NamesBehind(Question question, ImmutableArray<string> before)
    {
        var (last, second) = (before.ElementAtOrDefault(0) ?? "", before.ElementAtOrDefault(1) ?? "");
        return last switch
        {
            "namespace" or "in" => second is "in" or "pod" or "default" ? Names(question, SymbolKind.Namespace, Module, "namespace") : [],
            "service" => second is "to" or "|" or "->" or "(" ? Names(question, SymbolKind.Service, Interface, "service") : [],
            "port" => second is "on" or "," or "->" ? PortNames(question) : [],
            "(" when second is "icmp" or "icmpv6" =>
                IcmpTypes.Names(second == "icmp" ? IpFamily.V4 : IpFamily.V6).Select(name => new Suggestion(name, name, Constant, "ICMP type")),
            "nodeport" => Names(question, SymbolKind.ServicePort, Constant, "port of a service"),
            _ when BeforeLabels.Contains(last) => Names(question, SymbolKind.LabelKey, Property, "label"),
            _ => [],
        };
    }

    private static IEnumerable<Suggestion> PortNames(Question question) =>
        Names(question, SymbolKind.PodPort, Constant, "port of a pod").Concat(Names(question, SymbolKind.ServicePort, Constant, "port of a service"));

    // In quotes: a value of a label, or what can be imported.
    private static IEnumerable<Suggestion> Quoted(Question question, ImmutableArray<Lexeme> before, SourceFile source)
    {
        var words = before.Reverse().Where(lexeme => lexeme.Kind != LexemeKind.Comment).Select(lexeme => source.TextOf(lexeme.Span)).Take(64).ToList();
        if (words.FirstOrDefault() == "import")
        {
            return Importable(question);
        }

        var list = words.SkipWhile(word => word == "," || word.StartsWith('"')).ToList();
        var key = (words, list) switch
        {
            (["==" or "!=" or "=", var compared, ..], _) => compared,
            (_, ["(", "in", "not", var compared, ..]) => compared,
            (_, ["(", "in", var compared, ..]) => compared,
            _ => null,
        };
        return key is null ? [] : SymbolIndex.Of(question.Build)
            .Where(found => found.Symbol.Kind == SymbolKind.LabelKey && found.Symbol.Name == key.Trim('"'))
            .Select(found => found.Symbol.Value).OfType<string>().Distinct().Order(StringComparer.Ordinal)
            .Select(value => new Suggestion(value, value, Value, $"of label {key}"));
    }

    private static IEnumerable<Suggestion> Importable(Question question)
    {
        var folder = Path.GetDirectoryName(question.File.FullPath) ?? "/";
        try
        {
            return
            [
                .. Directory.GetFiles(folder, "*.netpol").Where(path => path != question.File.FullPath).Select(path => Path.GetFileName(path))
                    .Order(StringComparer.Ordinal).Select(name => new Suggestion(name, name, File, "file")),
                .. Directory.GetDirectories(folder).Select(path => Path.GetFileName(path)).Where(name => !name.StartsWith('.'))
                    .Order(StringComparer.Ordinal).Select(name => new Suggestion(name, name, Folder, "folder")),
            ];
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    private static IEnumerable<Suggestion> Names(Question question, SymbolKind kind, int icon, string what) => SymbolIndex.Of(question.Build)
        .Where(found => found.Symbol.Kind == kind && (found.Symbol.IsDeclaration || kind is SymbolKind.LabelKey or SymbolKind.PodPort or SymbolKind.Namespace))
        .Select(found => found.Symbol.Name).Distinct().Order(StringComparer.Ordinal)
        .Select(name => new Suggestion(name, Syntax.Names.Written(name), icon, what));

    private static IEnumerable<Suggestion> Words(IEnumerable<string> words) => words.Select(word => new Suggestion(word, word, Keyword, null) { Help = WordHelp.Of(word) });

    private static IEnumerable<string> DeclarationsIn(SourceFile source) =>
        Expectations.At(source, 0)?.Expected.Select(expected => expected.Trim('`')) ?? [];

    private static CompletionAnswer Answer(Question question, int start, int end, IEnumerable<Suggestion> suggestions)
    {
        var range = Places.Of(question.Source, TextSpan.FromBounds(start, end));
        return new CompletionAnswer(false, [.. suggestions.Select((suggestion, index) => new CompletionItem(
            suggestion.Label, suggestion.Icon, suggestion.What, index.ToString("D4", System.Globalization.CultureInfo.InvariantCulture), new TextEdit(range, suggestion.Text))
        {
            Documentation = suggestion.Help is { } help ? new MarkupContent("markdown", help) : null,
        })]);
    }

    /// <param name="Text">As it is written.</param>
    /// <param name="Icon">Of the protocol's CompletionItemKind.</param>
    private sealed record Suggestion(string Label, string Text, int Icon, string? What)
    {
        public string? Help { get; init; }
    }
}
