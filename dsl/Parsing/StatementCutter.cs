using System.Collections.Immutable;
using Netpol.Diagnostics;
using Netpol.Text;

namespace Netpol.Parsing;

/// <summary>
/// Cuts tokens into statements by line breaks, `;` and brackets. What is not closed is closed where the next statement
/// must begin, so that a forgotten bracket costs one statement and not the file.
/// </summary>
internal sealed class StatementCutter
{
    // Most statements are rules: `allow from web on 80/tcp log`.
    private const int UsualTokens = 8;

    private static readonly IReadOnlyList<RawBlock> NoBlocks = [];

    private readonly TokenizedSource _source;
    private readonly ImmutableArray<Token> _tokens;
    private readonly ImmutableArray<Diagnostic>.Builder _diagnostics = ImmutableArray.CreateBuilder<Diagnostic>();
    private int _index;
    private int _unclosedUntil = -1;

    private StatementCutter(TokenizedSource source) => (_source, _tokens) = (source, source.Tokens);

    public static (IReadOnlyList<RawStatement> Statements, ImmutableArray<Diagnostic> Diagnostics) Cut(TokenizedSource source)
    {
        var cutter = new StatementCutter(source);
        var statements = new List<RawStatement>();
        while (cutter._index < cutter._tokens.Length)
        {
            cutter.CutStatements(statements, isNested: false);
            if (cutter._index < cutter._tokens.Length)
            {
                // Only a closing brace without an open one stops the outermost level.
                cutter.Report(SyntaxDiagnostics.UnmatchedBracket, cutter._tokens[cutter._index].Span, "}");
                cutter._index++;
            }
        }

        return (statements, cutter._diagnostics.ToImmutable());
    }

    private void CutStatements(List<RawStatement> statements, bool isNested)
    {
        while (_index < _tokens.Length && _tokens[_index].Kind != TokenKind.CloseBrace && !(isNested && BeginsDeclaration(_index)))
        {
            if (_tokens[_index].Kind == TokenKind.Semicolon)
            {
                _index++;
            }
            else
            {
                statements.Add(CutStatement(isNested));
            }
        }
    }

    private RawStatement CutStatement(bool isNested)
    {
        var first = _index;
        var tokens = new List<Token>(UsualTokens);
        List<RawBlock>? blocks = null;
        var isBad = false;
        Stack<int>? open = null;
        while (_index < _tokens.Length && !EndsStatement(tokens, open, isNested))
        {
            var token = _tokens[_index];
            isBad |= token.Kind == TokenKind.Bad;
            switch (token.Kind)
            {
                case TokenKind.OpenBrace:
                    var (block, isClosed) = CutBlock();
                    tokens.Add(new Token(TokenKind.Block, block.Span, Block: blocks?.Count ?? 0));
                    (blocks ??= []).Add(block);
                    isBad |= !isClosed && open is { Count: > 0 };
                    // Behind an arrow it is the record of a test's side, whatever word the line begins with.
                    if (open is not { Count: > 0 } && IsBlockWord(tokens[0]) && !tokens.Exists(before => before.Kind == TokenKind.Arrow))
                    {
                        return new RawStatement(tokens, blocks ?? NoBlocks, first, _index - 1) { IsBad = isBad };
                    }

                    continue;
                case TokenKind.OpenParenthesis:
                    (open ??= new()).Push(tokens.Count);
                    break;
                case TokenKind.CloseParenthesis when open is null || !open.TryPop(out _):
                    Report(SyntaxDiagnostics.UnmatchedBracket, token.Span, ")");
                    isBad = true;
                    break;
                default:
                    break;
            }

            tokens.Add(token);
            _index++;
        }

        if (open is not null && open.TryPeek(out var unclosed))
        {
            if (!isBad)
            {
                Report(SyntaxDiagnostics.UnclosedBracket, tokens[unclosed].Span, "(");
            }

            isBad = true;
        }

        return new RawStatement(tokens, blocks ?? NoBlocks, first, _index - 1) { IsBad = isBad };
    }

    private (RawBlock Block, bool IsClosed) CutBlock()
    {
        var brace = _tokens[_index++];
        var statements = new List<RawStatement>();
        CutStatements(statements, isNested: true);
        if (_index < _tokens.Length && _tokens[_index].Kind == TokenKind.CloseBrace)
        {
            _index++;
            return (new RawBlock(statements, brace.Span.To(_tokens[_index - 1].Span)), true);
        }

        // Of several open braces the innermost is the one that was forgotten; the others follow from it.
        if (_unclosedUntil != _index)
        {
            Report(SyntaxDiagnostics.UnclosedBracket, brace.Span, "{");
        }

        _unclosedUntil = _index;
        return (new RawBlock(statements, brace.Span.To(_tokens[_index - 1].Span)), false);
    }

    private bool EndsStatement(List<Token> tokens, Stack<int>? open, bool isNested)
    {
        var isOpen = open is { Count: > 0 };
        var token = _tokens[_index];
        if (token.Kind == TokenKind.CloseBrace || (token.Kind == TokenKind.Semicolon && !isOpen))
        {
            return true;
        }

        if (tokens.Count == 0 || !token.HasNewlineBefore)
        {
            return false;
        }

        if (isOpen)
        {
            return IsOperand(tokens[^1].Kind) && (BeginsRule(token) || BeginsDeclaration(_index));
        }

        if (token.Kind == TokenKind.OpenBrace && IsBlockWord(tokens[0]) && tokens[^1].Kind != TokenKind.Bad)
        {
            Report(SyntaxDiagnostics.BraceOnOwnLine, token.Span);
            return false;
        }

        return BeginsDeclaration(_index) || !(Continues(tokens[^1].Kind) || IsContinuation(token.Kind));
    }

    /// <summary>A line that ends in one of these goes on in the next.</summary>
    private static bool Continues(TokenKind kind) => kind is TokenKind.Comma or TokenKind.Pipe or TokenKind.Ampersand
        or TokenKind.Minus or TokenKind.Assign or TokenKind.Equal or TokenKind.NotEqual or TokenKind.Arrow or TokenKind.And
        or TokenKind.Or or TokenKind.Not or TokenKind.Where or TokenKind.In or TokenKind.From or TokenKind.To or TokenKind.On
        or TokenKind.For or TokenKind.Except;

    /// <summary>A line that begins with one of these goes on with the one before.</summary>
    private static bool IsContinuation(TokenKind kind) =>
        kind is TokenKind.Pipe or TokenKind.Ampersand or TokenKind.And or TokenKind.Or or TokenKind.Except;

    /// <summary>Two operands never follow each other, so a word behind one of these begins something new.</summary>
    private static bool IsOperand(TokenKind kind) => kind is TokenKind.Name or TokenKind.String or TokenKind.Literal
        or TokenKind.CloseParenthesis or TokenKind.Any or TokenKind.World or TokenKind.Host or TokenKind.Nodes or TokenKind.Pods;

    private bool BeginsRule(Token token) =>
        token.Kind == TokenKind.Name && TextOf(token) is "allow" or "deny" or "reject" or "pass" or "ingress" or "egress";

    /// <summary>These words own the block that follows: their statement ends with it.</summary>
    private bool IsBlockWord(Token token) => token.Kind == TokenKind.Service
        || (token.Kind == TokenKind.Name && TextOf(token) is "policy" or "ingress" or "egress" or "namespace" or "cluster"
            or "qos" or "observe" or "scale" or "test");

    private bool BeginsDeclaration(int index) => BeginsDeclaration(_source, index);

    /// <summary>A line that can only be a declaration, whatever it stands in.</summary>
    internal static bool BeginsDeclaration(TokenizedSource source, int index)
    {
        var tokens = source.Tokens;
        var token = tokens[index];
        if (!token.HasNewlineBefore || index + 1 >= tokens.Length)
        {
            return false;
        }

        var next = tokens[index + 1];
        if (next.HasNewlineBefore)
        {
            return false;
        }

        var isNamed = next.Kind is TokenKind.Name or TokenKind.String;
        return token.Kind == TokenKind.Service
            ? isNamed && index + 2 < tokens.Length && tokens[index + 2].Kind == TokenKind.OpenBrace
            : token.Kind == TokenKind.Name && TextOf(source, token) switch
            {
                "group" or "policy" or "ports" or "namespace" or "qos" => isNamed,
                "test" or "assert" or "import" => next.Kind == TokenKind.String,
                "default" => next.Kind == TokenKind.Name && TextOf(source, next) is "namespace",
                "cluster" or "observe" or "scale" => next.Kind == TokenKind.OpenBrace,
                _ => false,
            };
    }

    private ReadOnlySpan<char> TextOf(Token token) => TextOf(_source, token);

    private static ReadOnlySpan<char> TextOf(TokenizedSource source, Token token) => source.Source.Text.AsSpan(token.Span.Start, token.Span.Length);

    // Where brackets were left out for their depth, others lack their partners through no fault of the author.
    private void Report(DiagnosticDescriptor descriptor, TextSpan span, params object[] arguments)
    {
        if (!_source.IsTooDeep || descriptor == SyntaxDiagnostics.BraceOnOwnLine)
        {
            _diagnostics.Add(descriptor.At(_source.Source, span, arguments));
        }
    }
}
