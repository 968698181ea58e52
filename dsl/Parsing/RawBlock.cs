using Netpol.Text;

namespace Netpol.Parsing;

/// <summary>A `{ }` as the statements in it.</summary>
internal sealed record RawBlock(IReadOnlyList<RawStatement> Statements, TextSpan Span);
