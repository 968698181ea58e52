namespace Netpol.Syntax;

/// <summary>What stands after <c>pods in</c>.</summary>
public abstract record ScopeSyntax : SyntaxNode
{
    private ScopeSyntax()
    {
    }

    /// <summary><c>namespace data</c></summary>
    public sealed record One(Spelled<string> Name) : ScopeSyntax;

    /// <summary><c>any namespace</c></summary>
    public sealed record Any : ScopeSyntax;

    /// <summary><c>same namespace</c></summary>
    public sealed record Same : ScopeSyntax;

    /// <summary><c>namespaces (env == "prod")</c></summary>
    public sealed record Matching(PredicateSyntax Where) : ScopeSyntax;
}
