namespace Netpol.Parsing;

/// <summary>A comment and its place among the tokens.</summary>
/// <param name="Text">Without its slashes and stars, trimmed at the end and of one leading blank.</param>
/// <param name="BeforeToken">Index of the token that follows it.</param>
/// <param name="IsTrailing">A token stands before it on its line.</param>
internal sealed record Comment(string Text, int BeforeToken, bool IsDocumentation, bool IsTrailing);
