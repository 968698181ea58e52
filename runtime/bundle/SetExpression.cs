using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace Netpol.Bundle;

/// <summary>
/// A set in the manifest, in the form in which a node decides whether a new endpoint or one of its own addresses is in it.
/// It has no names, no <c>same namespace</c> and no services: what depends on more than one end stays in the program.
/// </summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "op")]
[JsonDerivedType(typeof(Any), "any")]
[JsonDerivedType(typeof(World), "world")]
[JsonDerivedType(typeof(Host), "host")]
[JsonDerivedType(typeof(Nodes), "nodes")]
[JsonDerivedType(typeof(Cidr), "cidr")]
[JsonDerivedType(typeof(Pods), "pods")]
[JsonDerivedType(typeof(Union), "union")]
[JsonDerivedType(typeof(Intersection), "intersection")]
[JsonDerivedType(typeof(Difference), "difference")]
public abstract record SetExpression
{
    private SetExpression()
    {
    }

    public sealed record Any : SetExpression;

    public sealed record World : SetExpression;

    public sealed record Host : SetExpression;

    public sealed record Nodes : SetExpression;

    public sealed record Cidr(ImmutableArray<string> Include, ImmutableArray<string> Except) : SetExpression;

    /// <param name="Namespace">Null: any namespace.</param>
    /// <param name="NamespaceWhere">Condition on the namespace's labels; null: none.</param>
    /// <param name="Where">Condition on the endpoint's labels; null: none.</param>
    public sealed record Pods(string? Namespace, LabelExpression? NamespaceWhere, LabelExpression? Where) : SetExpression;

    public sealed record Union(ImmutableArray<SetExpression> Parts) : SetExpression;

    public sealed record Intersection(ImmutableArray<SetExpression> Parts) : SetExpression;

    public sealed record Difference(SetExpression Left, SetExpression Right) : SetExpression;
}

/// <summary>A condition on labels, with the meaning of Kubernetes' label selectors.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "op")]
[JsonDerivedType(typeof(In), "in")]
[JsonDerivedType(typeof(Has), "has")]
[JsonDerivedType(typeof(Not), "not")]
[JsonDerivedType(typeof(And), "and")]
[JsonDerivedType(typeof(Or), "or")]
public abstract record LabelExpression
{
    private LabelExpression()
    {
    }

    /// <summary>The key is there and its value is one of these.</summary>
    public sealed record In(string Key, ImmutableArray<string> Values) : LabelExpression;

    public sealed record Has(string Key) : LabelExpression;

    public sealed record Not(LabelExpression Inner) : LabelExpression;

    public sealed record And(ImmutableArray<LabelExpression> Parts) : LabelExpression;

    public sealed record Or(ImmutableArray<LabelExpression> Parts) : LabelExpression;
}
