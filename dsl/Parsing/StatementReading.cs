using System.Collections.Immutable;
using Netpol.Diagnostics;
using Netpol.Text;

namespace Netpol.Parsing;

/// <summary>
/// One statement while the grammar reads it: its tokens as Sprache inputs, and the farthest place where it stopped with
/// what would have fitted there. Sprache forgets failures behind optional and repeated parts; this does not.
/// </summary>
internal sealed class StatementReading
{
    private readonly TokenInput?[] _inputs;
    private readonly List<string> _expected = [];
    private List<string>? _silent;
    private int _farthest = -1;
    private Diagnostic? _complaint;

    public StatementReading(FileReading file, RawStatement statement)
    {
        File = file;
        Statement = statement;
        _inputs = new TokenInput?[statement.Tokens.Count + 1];
    }

    public FileReading File { get; }

    public RawStatement Statement { get; }

    public SourceFile Source => File.Source;

    public TokenInput InputAt(int position) => _inputs[position] ??= new TokenInput(this, position);

    /// <summary>The token at a position; past the last one an empty <see cref="TokenKind.End"/> behind it.</summary>
    public Token TokenAt(int position) =>
        position < Statement.Tokens.Count ? Statement.Tokens[position] : new Token(TokenKind.End, new TextSpan(Statement.Span.End, 0));

    public ReadOnlySpan<char> TextAt(int position)
    {
        var span = TokenAt(position).Span;
        return Source.Text.AsSpan(span.Start, span.Length);
    }

    /// <summary>Notes what would have fitted at a position.</summary>
    public void Expect(int position, string what)
    {
        if (position > _farthest)
        {
            (_farthest, _complaint) = (position, null);
            _expected.Clear();
        }

        if (position == _farthest && !_expected.Contains(what))
        {
            _expected.Add(what);
        }
    }

    /// <summary>The same of what messages do not name; only where a person is writing.</summary>
    public void ExpectSilently(int position, string what)
    {
        if (TokenAt(position).Kind == TokenKind.Cursor)
        {
            (_silent ??= []).Add(what);
        }
    }

    /// <summary>Notes a mistake that is known better than by what would have fitted.</summary>
    public void Complain(int position, Diagnostic diagnostic)
    {
        if (position >= _farthest)
        {
            _complaint = position > _farthest ? diagnostic : _complaint ?? diagnostic;
            _farthest = position;
            _expected.Clear();
        }
    }

    /// <summary>What would have fitted at a position; empty where the statement went wrong before it.</summary>
    public ImmutableArray<string> ExpectedAt(int position) => position == _farthest ? [.. _expected, .. _silent ?? []] : [];

    /// <summary>Why the statement did not parse.</summary>
    public Diagnostic Failure()
    {
        if (_complaint is { } complaint)
        {
            return complaint;
        }

        var position = Math.Max(_farthest, 0);
        var token = TokenAt(position);
        var found = token.Kind switch
        {
            TokenKind.End => "the end of the statement",
            TokenKind.Block => "`{`",
            _ => $"`{Wording.Quote(Wording.OneLine(Source.TextOf(token.Span)))}`",
        };
        var span = token.Kind == TokenKind.Block ? new TextSpan(token.Span.Start, 1) : token.Span;
        if (token.IsReserved && _expected.Contains(Terminals.NameWanted))
        {
            return SyntaxDiagnostics.ReservedWord.At(Source, span, Source.TextOf(span)).WithFix($"\"{Source.TextOf(span)}\"");
        }

        return SyntaxDiagnostics.Expected.At(Source, span, Alternatives(), found);
    }

    private string Alternatives() => _expected.Count switch
    {
        0 => "the end of the statement",
        1 => _expected[0],
        _ => $"{string.Join(", ", _expected.Take(_expected.Count - 1))} or {_expected[^1]}",
    };
}
