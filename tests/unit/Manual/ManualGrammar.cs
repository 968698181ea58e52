using System.Text.RegularExpressions;
using Netpol.Tests.Support;

namespace Netpol.Tests.Unit.Manual;

/// <summary>The EBNF of <c>docs/language.md</c>, read as it stands there: texts can be derived from it, and texts can be held against it. It knows nothing of the parser.</summary>
internal sealed partial class ManualGrammar
{
    private readonly Dictionary<string, Expression> _productions = new(StringComparer.Ordinal);

    private ManualGrammar(string text)
    {
        foreach (Match production in Productions().Matches(text))
        {
            _productions.Add(production.Groups["name"].Value, new Reader(production.Groups["body"].Value).Read());
        }
    }

    public abstract record Expression
    {
        private Expression()
        {
        }

        public sealed record Word(string Text) : Expression;

        /// <summary>A production, or in capitals what the text above the grammar says.</summary>
        public sealed record Named(string Name) : Expression;

        public sealed record Sequence(IReadOnlyList<Expression> Parts) : Expression;

        public sealed record Choice(IReadOnlyList<Expression> Alternatives) : Expression;

        public sealed record Optional(Expression Inner) : Expression;

        /// <param name="IsBlock">All that stands between braces of the language: items are statements.</param>
        public sealed record Repeated(Expression Inner, bool IsBlock) : Expression;
    }

    public IReadOnlyCollection<string> Names => _productions.Keys;

    public Expression this[string name] => _productions[name];

    public static ManualGrammar Read() => new(Fence().Match(File.ReadAllText(Repository.PathOf("docs/language.md"))).Groups[1].Value);

    [GeneratedRegex("```ebnf\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex Fence();

    [GeneratedRegex("^(?<name>[a-z-]+) *=(?<body>.*?)(?=^[a-z-]+ *=|\\z)", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex Productions();

    [GeneratedRegex("\\(\\*.*?\\*\\)|\"(?<word>[^\"]+)\"|(?<name>[A-Za-z-]+)|(?<sign>[|(){}\\[\\]])", RegexOptions.Singleline)]
    private static partial Regex Tokens();

    private sealed class Reader(string body)
    {
        private readonly List<Match> _tokens = [.. Tokens().Matches(body).Where(token => !token.Value.StartsWith("(*", StringComparison.Ordinal))];
        private int _at;

        private string? Sign => _at < _tokens.Count && _tokens[_at].Groups["sign"].Success ? _tokens[_at].Value : null;

        public Expression Read()
        {
            var read = Choice();
            return _at == _tokens.Count ? read : throw new InvalidOperationException($"`{_tokens[_at].Value}` stands where nothing can in{body}");
        }

        private Expression Choice()
        {
            var alternatives = new List<Expression> { Sequence() };
            while (Sign == "|")
            {
                _at++;
                alternatives.Add(Sequence());
            }

            return alternatives.Count == 1 ? alternatives[0] : new Expression.Choice(alternatives);
        }

        private Expression.Sequence Sequence()
        {
            var parts = new List<Expression>();
            while (_at < _tokens.Count && Sign is not ("|" or ")" or "]" or "}"))
            {
                parts.Add(Item(parts.LastOrDefault() is Expression.Word { Text: "{" }));
            }

            return new(parts);
        }

        private Expression Item(bool isInBraces)
        {
            var token = _tokens[_at++];
            return token.Groups["word"].Success ? new Expression.Word(token.Groups["word"].Value)
                : token.Groups["name"].Success ? new Expression.Named(token.Value)
                : token.Value switch
                {
                    "(" => Closed(")"),
                    "[" => new Expression.Optional(Closed("]")),
                    "{" => new Expression.Repeated(Closed("}"), isInBraces && _at < _tokens.Count && _tokens[_at].Value == "\"}\""),
                    _ => throw new InvalidOperationException($"`{token.Value}` stands where nothing can"),
                };
        }

        private Expression Closed(string sign)
        {
            var inner = Choice();
            return Sign == sign && _at++ >= 0 ? inner : throw new InvalidOperationException($"`{sign}` is missing in{body}");
        }
    }
}
