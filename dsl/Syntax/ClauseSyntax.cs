using System.Collections.Immutable;

namespace Netpol.Syntax;

/// <summary>What may follow a rule's ports.</summary>
public abstract record ClauseSyntax : SyntaxNode
{
    private ClauseSyntax()
    {
    }

    public sealed record Log : ClauseSyntax;

    /// <summary><c>limit 200/s burst 400 per source</c></summary>
    public sealed record Limit(QuantitySyntax Rate, Spelled<int>? Burst, bool IsPerSource) : ClauseSyntax;

    /// <summary><c>http { GET "/v1/**" }</c></summary>
    public sealed record Http(ImmutableArray<HttpRequestSyntax> Requests) : ClauseSyntax;
}
