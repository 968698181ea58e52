namespace Netpol.Parsing;

/// <summary>
/// What a token is. Reserved words have kinds of their own; all other keywords are names that the grammar compares by
/// text, because they may be names elsewhere.
/// </summary>
internal enum TokenKind : ushort
{
    /// <summary>Past the last token of a statement.</summary>
    End,

    /// <summary>What could not be read and has been reported; a statement that holds one is not parsed.</summary>
    Bad,

    /// <summary>Where a person is writing: it fits nowhere (<see cref="Expectations"/>).</summary>
    Cursor,

    Name,
    String,

    /// <summary>What begins with a digit or holds `:`.</summary>
    Literal,

    /// <summary>A whole `{ }`, cut into statements of its own.</summary>
    Block,

    Comma,
    Semicolon,
    Pipe,
    Ampersand,
    Minus,
    Slash,
    Assign,
    Equal,
    NotEqual,
    Arrow,
    OpenParenthesis,
    CloseParenthesis,
    OpenBrace,
    CloseBrace,

    Any,
    World,
    Host,
    Nodes,
    Pods,
    Pod,
    Cidr,
    Dns,
    Service,
    And,
    Or,
    Not,
    Has,
    In,
    Where,
    From,
    To,
    On,
    For,
    Except,
}
