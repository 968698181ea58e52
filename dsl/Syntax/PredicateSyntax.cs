using System.Collections.Immutable;

namespace Netpol.Syntax;

/// <summary>A condition on labels.</summary>
public abstract record PredicateSyntax : SyntaxNode
{
    private PredicateSyntax()
    {
    }

    /// <summary><c>key == "value"</c></summary>
    public sealed record Equal(Spelled<string> Key, Spelled<string> Value) : PredicateSyntax;

    /// <summary><c>key != "value"</c></summary>
    public sealed record NotEqual(Spelled<string> Key, Spelled<string> Value) : PredicateSyntax;

    /// <summary><c>key in ("a", "b")</c></summary>
    public sealed record In(Spelled<string> Key, ImmutableArray<Spelled<string>> Values) : PredicateSyntax;

    /// <summary><c>key not in ("a", "b")</c></summary>
    public sealed record NotIn(Spelled<string> Key, ImmutableArray<Spelled<string>> Values) : PredicateSyntax;

    /// <summary><c>has key</c></summary>
    public sealed record Has(Spelled<string> Key) : PredicateSyntax;

    public sealed record Not(PredicateSyntax Inner) : PredicateSyntax;

    /// <summary>At least two.</summary>
    public sealed record And(ImmutableArray<PredicateSyntax> Parts) : PredicateSyntax;

    /// <summary>At least two.</summary>
    public sealed record Or(ImmutableArray<PredicateSyntax> Parts) : PredicateSyntax;
}
