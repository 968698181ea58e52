using System.Collections.Immutable;
using Netpol.Diagnostics;
using Netpol.Syntax;
using Netpol.Text;
using Sprache;

namespace Netpol.Parsing;

/// <summary>One file while its statements are read: its comments still to be given away, and what was reported.</summary>
internal sealed class FileReading(TokenizedSource tokenized)
{
    private const int MostTokens = 1_000_000;

    private readonly ImmutableArray<Diagnostic>.Builder _diagnostics = ImmutableArray.CreateBuilder<Diagnostic>();
    private readonly Dictionary<RawBlock, object> _blocks = new(ReferenceEqualityComparer.Instance);
    private int _nextComment;
    private int _damages;

    public SourceFile Source => tokenized.Source;

    public ImmutableArray<Diagnostic> Diagnostics => _diagnostics.ToImmutable();

    /// <summary>What would have fitted where a person is writing; null where nobody is, or nothing would.</summary>
    public CursorPlace? AtCursor { get; private set; }

    /// <summary>Comments that no statement took.</summary>
    public ImmutableArray<string> TakeRest() => Lines(TakeComments(int.MaxValue));

    /// <summary>Reads statements of a table; those that do not parse are reported and left out.</summary>
    public ImmutableArray<T> ReadAll<T>(RawBlock block, StatementTable<T> table)
        where T : StatementSyntax =>
        [.. block.Statements.Select(statement => Read(statement, table)).OfType<T>()];

    /// <summary>Reads statements of one kind that has no word of its own.</summary>
    public ImmutableArray<T> ReadAll<T>(RawBlock block, Parser<T> parser)
        where T : StatementSyntax =>
        [.. block.Statements.Select(statement => WithComments(statement, () => Read(statement, parser))).OfType<T>()];

    public T? Read<T>(RawStatement statement, StatementTable<T> table)
        where T : StatementSyntax
    {
        var first = statement.Tokens[0];
        if (table.Find(WordOf(first)) is not { } parser)
        {
            _damages++;
            if (first.Kind == TokenKind.Cursor)
            {
                AtCursor = new CursorPlace(table.What, [.. table.Statements.Select(known => $"`{known.Word}`")]);
            }
            else if (!statement.IsBad || first.Kind == TokenKind.Name)
            {
                _diagnostics.Add(table.Unknown(Source, first.Kind == TokenKind.Block ? new TextSpan(first.Span.Start, 1) : first.Span));
            }

            return null;
        }

        return WithComments(statement, () =>
        {
            var syntax = Read(statement, parser);
            if (syntax is null)
            {
                Nested.Check(this, statement, WordOf(first));
            }

            return syntax;
        });
    }

    public ImmutableArray<LabelSyntax> ReadLabels(RawStatement statement) => Run(statement, TestGrammar.Labels) is { } result ? result.Value : [];

    /// <summary>Reads a block the first time it is asked for; the grammar may come by again after going back.</summary>
    public ImmutableArray<T> ReadOnce<T>(RawBlock block, BlockReader<T> read)
    {
        if (_blocks.TryGetValue(block, out var known))
        {
            return (ImmutableArray<T>)known;
        }

        var result = read(this, block);
        _blocks.Add(block, result);
        return result;
    }

    private T? Read<T>(RawStatement statement, Parser<T> parser)
        where T : StatementSyntax =>
        Run(statement, parser)?.Value;

    private IResult<T>? Run<T>(RawStatement statement, Parser<T> parser)
    {
        var holdsCursor = statement.Tokens[^1].Kind == TokenKind.Cursor;
        if ((statement.IsBad && !holdsCursor) || statement.Tokens.Count > MostTokens)
        {
            if (!statement.IsBad)
            {
                _diagnostics.Add(SyntaxDiagnostics.TooManyTokens.At(Source, statement.Tokens[0].Span, MostTokens));
            }

            _damages++;
            return null;
        }

        var reading = new StatementReading(this, statement);
        var result = parser(reading.InputAt(0));
        if (result.WasSuccessful && Terminals.End(result.Remainder).WasSuccessful)
        {
            return result;
        }

        _damages++;
        if (holdsCursor && reading.ExpectedAt(statement.Tokens.Count - 1) is { IsEmpty: false } expected)
        {
            AtCursor = new CursorPlace("", expected);
        }

        _diagnostics.Add(reading.Failure());
        return null;
    }

    // Comments before the statement are its own, then those inside go to the statements there; what is left is its own too, but for what
    // stands at the end of its block.
    private T? WithComments<T>(RawStatement statement, Func<T?> read)
        where T : StatementSyntax
    {
        var own = TakeComments(statement.First);
        var damagesBefore = _damages;
        var syntax = read();
        var inside = TakeComments(statement.Last);
        var closing = inside.RemoveAll(comment => statement.Tokens[^1].Kind != TokenKind.Block || comment.BeforeToken != statement.Last);
        own = own.AddRange(inside.RemoveRange(closing));
        var behind = TakeTrailing(statement.Last + 1);
        if (syntax is null)
        {
            return null;
        }

        return (T)((StatementSyntax)syntax with
        {
            Span = statement.Span,
            Documentation = own.IsEmpty ? null : Documentation(own),
            Comments = own.IsEmpty ? [] : Lines(own.Where(comment => !comment.IsDocumentation)),
            ClosingComments = closing.IsEmpty ? [] : Lines(closing),
            TrailingComment = behind,
            IsDamaged = _damages > damagesBefore,
            HasBlankLineBefore = statement.Tokens[0].HasBlankLineBefore,
        });
    }

    private static ImmutableArray<string> Lines(IEnumerable<Comment> comments) =>
        [.. comments.SelectMany(comment => comment.Text.Split('\n')).Select(line => line.Trim())];

    private static string? Documentation(ImmutableArray<Comment> comments)
    {
        var lines = comments.Where(comment => comment.IsDocumentation).Select(comment => comment.Text).ToList();
        return lines.Count == 0 ? null : string.Join('\n', lines);
    }

    private ImmutableArray<Comment> TakeComments(int upToToken)
    {
        var first = _nextComment;
        while (_nextComment < tokenized.Comments.Length && tokenized.Comments[_nextComment].BeforeToken <= upToToken)
        {
            _nextComment++;
        }

        return tokenized.Comments[first.._nextComment];
    }

    private string? TakeTrailing(int beforeToken)
    {
        string? text = null;
        while (_nextComment < tokenized.Comments.Length
            && tokenized.Comments[_nextComment] is { IsTrailing: true, IsDocumentation: false } comment
            && comment.BeforeToken == beforeToken && !comment.Text.Contains('\n'))
        {
            text = text is null ? comment.Text : $"{text} {comment.Text}";
            _nextComment++;
        }

        return text;
    }

    private string WordOf(Token token) => token.Kind == TokenKind.Name || token.IsReserved ? Source.TextOf(token.Span) : "";
}
