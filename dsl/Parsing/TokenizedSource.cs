using System.Collections.Immutable;
using Netpol.Diagnostics;
using Netpol.Text;

namespace Netpol.Parsing;

/// <summary>A file as tokens and comments.</summary>
/// <param name="Diagnostics">Each belongs to a <see cref="TokenKind.Bad"/> token or to a file without tokens.</param>
/// <param name="IsTooDeep">Brackets were left out because they nest too deep, so closing ones may be missing.</param>
internal sealed record TokenizedSource(
    SourceFile Source, ImmutableArray<Token> Tokens, ImmutableArray<Comment> Comments,
    ImmutableArray<Diagnostic> Diagnostics, bool IsTooDeep);
