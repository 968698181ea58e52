using System.Collections.Immutable;
using Netpol.Text;

namespace Netpol.Syntax;

/// <summary><c>ingress { … }</c> or <c>egress { … }</c></summary>
public sealed record PolicyBlockSyntax(Spelled<DirectionSyntax> Direction, ImmutableArray<RuleSyntax> Rules) : StatementSyntax
{
    /// <summary>Where <c>open</c> was written; null where it was not.</summary>
    public TextSpan? Open { get; init; }
}
