using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Netpol.Diagnostics;
using Netpol.Text;

namespace Netpol.Parsing;

/// <summary>One pass from characters to tokens. Takes any text, never throws, and is linear in its length.</summary>
internal sealed class Tokenizer
{
    public const int DeepestBracket = 64;

    private const int LongestWord = 1000;

    private readonly SourceFile _source;
    private readonly string _text;
    private readonly ImmutableArray<Token>.Builder _tokens = ImmutableArray.CreateBuilder<Token>();
    private readonly ImmutableArray<Comment>.Builder _comments = ImmutableArray.CreateBuilder<Comment>();
    private readonly ImmutableArray<Diagnostic>.Builder _diagnostics = ImmutableArray.CreateBuilder<Diagnostic>();
    private int _position;
    private int _depth;
    private bool _isTooDeep;

    // Since the last token: line breaks, the longest run of them without a comment between, and whether a line was reported.
    private int _newlines;
    private int _newlinesInRow;
    private bool _hasBlankLine;
    private bool _isLineReported;

    private Tokenizer(SourceFile source) => (_source, _text) = (source, source.Text);

    public static TokenizedSource Tokenize(SourceFile source)
    {
        if (FindBinary(source) is { } binary)
        {
            return new TokenizedSource(source, [], [], [binary], false);
        }

        var tokenizer = new Tokenizer(source);
        tokenizer.Run();
        return new TokenizedSource(
            source, tokenizer._tokens.DrainToImmutable(), tokenizer._comments.DrainToImmutable(),
            tokenizer._diagnostics.ToImmutable(), tokenizer._isTooDeep);
    }

    // A file with NULs or undecodable bytes is no .netpol file at all; one diagnostic says so.
    private static Diagnostic? FindBinary(SourceFile source)
    {
        var at = source.Text.AsSpan().IndexOfAny('\0', '\uFFFD');
        return at < 0 ? null
            : source.Text[at] == '\0' ? SyntaxDiagnostics.ControlCharacter.At(source, new TextSpan(at, 1), "0000")
            : SyntaxDiagnostics.NotUtf8.At(source, new TextSpan(at, 1));
    }

    private void Run()
    {
        while (_position < _text.Length)
        {
            var start = _position;
            var c = _text[start];
            switch (c)
            {
                case ' ' or '\t':
                    _position++;
                    break;
                case '\n' or '\r':
                    ReadNewline();
                    break;
                case '/' when Next is '/' or '*':
                    ReadComment();
                    break;
                case '"':
                    ReadString();
                    break;
                case '(' or '{':
                    Open(c == '(' ? TokenKind.OpenParenthesis : TokenKind.OpenBrace);
                    break;
                case ')' or '}':
                    Close(c == ')' ? TokenKind.CloseParenthesis : TokenKind.CloseBrace);
                    break;
                case '=':
                    Symbol(Next == '=' ? TokenKind.Equal : TokenKind.Assign, Next == '=' ? 2 : 1);
                    break;
                case '!' when Next == '=':
                    Symbol(TokenKind.NotEqual, 2);
                    break;
                case '-' when Next == '>':
                    Symbol(TokenKind.Arrow, 2);
                    break;
                case '-':
                    ReadMinus();
                    break;
                default:
                    ReadOther(c);
                    break;
            }
        }
    }

    private char Next => _position + 1 < _text.Length ? _text[_position + 1] : '\0';

    private void ReadOther(char c)
    {
        var single = c switch
        {
            ',' => TokenKind.Comma,
            ';' => TokenKind.Semicolon,
            '|' => TokenKind.Pipe,
            '&' => TokenKind.Ampersand,
            '/' => TokenKind.Slash,
            _ => TokenKind.Bad,
        };
        if (single != TokenKind.Bad)
        {
            Symbol(single, 1);
        }
        else if (Words.BeginsWord(c))
        {
            ReadWord();
        }
        else
        {
            ReadBad();
        }
    }

    private void ReadNewline()
    {
        _position += _text[_position] == '\r' && Next == '\n' ? 2 : 1;
        CountNewline();
    }

    private void CountNewline()
    {
        _newlines++;
        _newlinesInRow++;
        _hasBlankLine |= _newlinesInRow >= 2;
        _isLineReported = false;
    }

    private void ReadComment()
    {
        var start = _position;
        var isBlock = Next == '*';
        var isTrailing = _newlines == 0 && _tokens.Count > 0;
        if (isBlock)
        {
            var close = _text.IndexOf("*/", start + 2, StringComparison.Ordinal);
            if (close < 0)
            {
                _position = _text.Length;
                Report(SyntaxDiagnostics.UnterminatedComment.At(_source, new TextSpan(start, 2)));
                return;
            }

            _position = close + 2;
        }
        else
        {
            var end = _text.AsSpan(start).IndexOfAny('\n', '\r');
            _position = end < 0 ? _text.Length : start + end;
        }

        var written = _text.AsSpan(start, _position - start);
        if (FindInvisible(start, _position) is { } invisible)
        {
            Report(invisible);
        }

        var isDocumentation = !isBlock && written.StartsWith("///") && !written.StartsWith("////");
        var text = (isBlock ? written[2..^2] : written[(isDocumentation ? 3 : 2)..]).TrimEnd();
        _comments.Add(new Comment(
            (text.StartsWith(" ") ? text[1..] : text).ToString(), TextSpan.FromBounds(start, _position), _tokens.Count, isDocumentation, isTrailing));
        _newlinesInRow = 0;
        if (isBlock && written.IndexOfAny('\n', '\r') >= 0)
        {
            // People see a new line behind it; so does the grammar.
            CountNewline();
            _newlinesInRow = 0;
        }
    }

    private void ReadString()
    {
        var start = _position++;
        while (_position < _text.Length && _text[_position] is not ('"' or '\n' or '\r'))
        {
            if (_text[_position] == '\\')
            {
                if (Next is not ('"' or '\\'))
                {
                    var escape = new TextSpan(_position, Math.Min(2, _text.Length - _position));
                    Report(SyntaxDiagnostics.UnknownEscape.At(_source, escape, Wording.OneLine(_source.TextOf(escape))));
                    _position++;
                    continue;
                }

                _position++;
            }

            _position++;
        }

        if (_position >= _text.Length || _text[_position] != '"')
        {
            Report(SyntaxDiagnostics.UnterminatedString.At(_source, new TextSpan(start, 1)));
            return;
        }

        _position++;
        if (FindInvisible(start, _position) is { } invisible)
        {
            Report(invisible);
        }

        AddWord(TokenKind.String, start);
    }

    private void ReadWord()
    {
        var start = _position;
        SkipWordCharacters();
        var isLiteral = char.IsAsciiDigit(_text[start]) || _text.AsSpan(start, _position - start).Contains(':');
        while (isLiteral && _position + 1 < _text.Length && _text[_position] == '/' && char.IsAsciiLetterOrDigit(_text[_position + 1]))
        {
            _position++;
            SkipWordCharacters();
        }

        while (!isLiteral && _text[_position - 1] is '-' or '.')
        {
            _position--;
        }

        AddWord(isLiteral ? TokenKind.Literal : Words.KindOf(_text.AsSpan(start, _position - start)), start);
    }

    private void SkipWordCharacters()
    {
        while (_position < _text.Length && Words.ContinuesWord(_text[_position]) && !(_text[_position] == '-' && Next == '>'))
        {
            _position++;
        }
    }

    private void AddWord(TokenKind kind, int start)
    {
        var span = TextSpan.FromBounds(start, _position);
        if (span.Length > LongestWord)
        {
            Report(SyntaxDiagnostics.TooLong.At(_source, span, LongestWord));
            return;
        }

        Add(kind, span);
    }

    private void ReadMinus()
    {
        var span = new TextSpan(_position, 1);
        var isBlankBefore = _position == 0 || IsBlank(_text[_position - 1]);
        _position++;
        if (isBlankBefore && (_position == _text.Length || IsBlank(_text[_position])))
        {
            Add(TokenKind.Minus, span);
        }
        else
        {
            Report(SyntaxDiagnostics.MinusNeedsBlanks.At(_source, span) with { Fix = new SuggestedFix(span, " - ") });
        }
    }

    private static bool IsBlank(char c) => c is ' ' or '\t' or '\n' or '\r';

    // Takes the whole run of what belongs to no token, so that one mistake is one diagnostic.
    private void ReadBad()
    {
        var start = _position;
        Rune.DecodeFromUtf16(_text.AsSpan(start), out var rune, out var length);
        _position += length;
        while (_position < _text.Length && (_text[_position] > '~' || Words.ContinuesWord(_text[_position])) && !char.IsControl(_text[_position]))
        {
            _position++;
        }

        if (_isLineReported)
        {
            AddBad(new TextSpan(start, length));
            return;
        }

        Report(FindInvisible(start, start + length)
            ?? SyntaxDiagnostics.UnexpectedCharacter.At(_source, new TextSpan(start, length), Wording.OneLine(rune.ToString())));
    }

    /// <summary>Characters that make a text look other than it is; wrong in comments and quotes too.</summary>
    private Diagnostic? FindInvisible(int start, int end)
    {
        for (var i = start; i < end; i++)
        {
            var c = _text[i];
            var code = ((int)c).ToString("X4", CultureInfo.InvariantCulture);
            if (c is (>= '\u202A' and <= '\u202E') or (>= '\u2066' and <= '\u2069') or '\u200E' or '\u200F' or '\u061C')
            {
                return SyntaxDiagnostics.BidirectionalControl.At(_source, new TextSpan(i, 1), code);
            }

            if ((char.IsControl(c) && c is not ('\t' or '\n' or '\r')) || c is '\u2028' or '\u2029')
            {
                return SyntaxDiagnostics.ControlCharacter.At(_source, new TextSpan(i, 1), code);
            }
        }

        return null;
    }

    private void Open(TokenKind kind)
    {
        if (++_depth == DeepestBracket + 1 && !_isTooDeep)
        {
            _isTooDeep = true;
            _diagnostics.Add(SyntaxDiagnostics.TooDeep.At(_source, new TextSpan(_position, 1), DeepestBracket));
            _tokens.Add(new Token(TokenKind.Bad, new TextSpan(_position, 1)));
        }

        Symbol(kind, 1);
    }

    private void Close(TokenKind kind)
    {
        Symbol(kind, 1);
        _depth = Math.Max(0, _depth - 1);
    }

    private void Symbol(TokenKind kind, int length)
    {
        Add(kind, new TextSpan(_position, length));
        _position += length;
    }

    private void Add(TokenKind kind, TextSpan span)
    {
        if (_depth <= DeepestBracket)
        {
            _tokens.Add(new Token(kind, span, _newlines > 0 || _tokens.Count == 0, _hasBlankLine));
        }

        (_newlines, _newlinesInRow, _hasBlankLine) = (0, 0, false);
    }

    // One lexical diagnostic a line; the statement that holds the bad token is reported no further.
    private void Report(Diagnostic diagnostic)
    {
        if (!_isLineReported)
        {
            _diagnostics.Add(diagnostic);
        }

        AddBad(diagnostic.Span);
        _isLineReported = true;
    }

    // One bad token stands for those that follow it on its line.
    private void AddBad(TextSpan span)
    {
        if (_newlines > 0 || _tokens.Count == 0 || _tokens[^1].Kind != TokenKind.Bad)
        {
            Add(TokenKind.Bad, span);
        }
    }
}
