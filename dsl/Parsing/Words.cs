using System.Collections.Frozen;

namespace Netpol.Parsing;

/// <summary>The reserved words, and which characters words are made of.</summary>
internal static class Words
{
    private static readonly FrozenDictionary<string, TokenKind> Reserved = new Dictionary<string, TokenKind>
    {
        ["any"] = TokenKind.Any,
        ["world"] = TokenKind.World,
        ["host"] = TokenKind.Host,
        ["nodes"] = TokenKind.Nodes,
        ["pods"] = TokenKind.Pods,
        ["pod"] = TokenKind.Pod,
        ["cidr"] = TokenKind.Cidr,
        ["dns"] = TokenKind.Dns,
        ["service"] = TokenKind.Service,
        ["and"] = TokenKind.And,
        ["or"] = TokenKind.Or,
        ["not"] = TokenKind.Not,
        ["has"] = TokenKind.Has,
        ["in"] = TokenKind.In,
        ["where"] = TokenKind.Where,
        ["from"] = TokenKind.From,
        ["to"] = TokenKind.To,
        ["on"] = TokenKind.On,
        ["for"] = TokenKind.For,
        ["except"] = TokenKind.Except,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    private static readonly FrozenDictionary<string, TokenKind>.AlternateLookup<ReadOnlySpan<char>> ReservedSpans =
        Reserved.GetAlternateLookup<ReadOnlySpan<char>>();

    /// <summary>The kind of a bare word: that of a reserved word, else <see cref="TokenKind.Name"/>.</summary>
    public static TokenKind KindOf(ReadOnlySpan<char> word) =>
        ReservedSpans.TryGetValue(word, out var kind) ? kind : TokenKind.Name;

    /// <summary>A reserved word in backticks; null: the kind is of no word.</summary>
    public static string? Of(TokenKind kind) => Reserved.FirstOrDefault(word => word.Value == kind).Key is { } word ? $"`{word}`" : null;

    public static bool BeginsWord(char c) => char.IsAsciiLetterOrDigit(c) || c is '_' or ':';

    /// <summary>Inside a name or a literal. A name's last character is none of `-` and `.`.</summary>
    public static bool ContinuesWord(char c) => BeginsWord(c) || c is '-' or '.';
}
