using Sprache;

namespace Netpol.Parsing;

/// <summary>A place in a statement's tokens as Sprache sees it: one character a token, its kind.</summary>
internal sealed class TokenInput(StatementReading reading, int position) : IInput
{
    private Dictionary<object, object>? _memos;

    public StatementReading Reading => reading;

    public int Position => position;

    public Token Token => reading.TokenAt(position);

    public string Source => reading.Source.Text;

    public char Current => (char)Token.Kind;

    public bool AtEnd => position >= reading.Statement.Tokens.Count;

    public int Line => reading.Source.PositionOf(Token.Span.Start).Line;

    public int Column => reading.Source.PositionOf(Token.Span.Start).Column;

    public IDictionary<object, object> Memos => _memos ??= [];

    public IInput Advance() => reading.InputAt(position + 1);

    // There is one input a position and reading (StatementReading.InputAt), so being the same is being equal.
    public bool Equals(IInput? other) => ReferenceEquals(this, other);

    public override bool Equals(object? obj) => ReferenceEquals(this, obj);

    public override int GetHashCode() => position;
}
