using System.Collections.Immutable;
using Netpol.Text;

namespace Netpol.Syntax;

/// <summary><c>policy api for api { ingress { } egress { } }</c></summary>
public sealed record PolicySyntax(Spelled<string> Name, SetSyntax For, ImmutableArray<PolicyBlockSyntax> Blocks) : StatementSyntax
{
    /// <summary>Where <c>audit</c> was written; null where it was not.</summary>
    public TextSpan? Audit { get; init; }

    public TierSyntax? Tier { get; init; }
}
