using Netpol.Text;

namespace Netpol.Parsing;

/// <summary>A comment and its place among the tokens.</summary>
/// <param name="Text">Without its slashes and stars, trimmed at the end and of one leading blank.</param>
/// <param name="BeforeToken">Index of the token that follows it.</param>
/// <param name="IsTrailing">A token stands before it on its line.</param>
/// <param name="Span">With its slashes and stars.</param>
internal sealed record Comment(string Text, TextSpan Span, int BeforeToken, bool IsDocumentation, bool IsTrailing);
