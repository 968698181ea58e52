using System.Collections.Immutable;

namespace Netpol.Syntax;

/// <summary>A set of addresses as it was written. Parentheses are in the shape of the tree, not in nodes.</summary>
public abstract record SetSyntax : SyntaxNode
{
    private SetSyntax()
    {
    }

    public sealed record Any : SetSyntax;

    public sealed record World : SetSyntax;

    public sealed record Host : SetSyntax;

    public sealed record Nodes : SetSyntax;

    /// <summary><c>cidr 10.0.0.0/8, fd00::/8 except 10.1.0.0/16</c>; prefixes or bare addresses as written.</summary>
    public sealed record Cidr(ImmutableArray<Spelled<string>> Include, ImmutableArray<Spelled<string>> Except) : SetSyntax;

    /// <summary><c>pods [in SCOPE] [where PREDICATE]</c></summary>
    public sealed record Pods(ScopeSyntax? Scope, PredicateSyntax? Where) : SetSyntax;

    /// <summary><c>service checkout</c></summary>
    public sealed record Service(Spelled<string> Name) : SetSyntax;

    /// <summary><c>dns "*.example", "example"</c></summary>
    public sealed record Dns(ImmutableArray<Spelled<string>> Patterns) : SetSyntax;

    /// <summary>A group by its name.</summary>
    public sealed record Named(Spelled<string> Name) : SetSyntax;

    /// <summary><c>a | b | c</c>, at least two.</summary>
    public sealed record Union(ImmutableArray<SetSyntax> Parts) : SetSyntax;

    /// <summary><c>a &amp; b &amp; c</c>, at least two.</summary>
    public sealed record Intersection(ImmutableArray<SetSyntax> Parts) : SetSyntax;

    /// <summary><c>a - b - c</c>: the first without all the others, at least two.</summary>
    public sealed record Difference(ImmutableArray<SetSyntax> Parts) : SetSyntax;
}
