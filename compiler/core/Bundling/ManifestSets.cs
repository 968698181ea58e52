using System.Diagnostics;
using Netpol.Bundle;
using Netpol.Model;

namespace Netpol.Compiler.Bundling;

/// <summary>Sets of the model in the manifest's form.</summary>
internal static class ManifestSets
{
    public static SetExpression Of(AddressSet set) => set switch
    {
        AddressSet.Any => new SetExpression.Any(),
        AddressSet.World => new SetExpression.World(),
        AddressSet.Host => new SetExpression.Host(),
        AddressSet.Nodes => new SetExpression.Nodes(),
        AddressSet.Cidr cidr => new SetExpression.Cidr(
            [.. cidr.Include.Select(prefix => prefix.ToString())], [.. cidr.Except.Select(prefix => prefix.ToString())]),
        AddressSet.Pods pods => Pods(pods),
        AddressSet.Named named => Of(named.Set),
        AddressSet.Union union => new SetExpression.Union([.. union.Parts.Select(Of)]),
        AddressSet.Intersection intersection => new SetExpression.Intersection([.. intersection.Parts.Select(Of)]),
        AddressSet.Difference difference => new SetExpression.Difference(Of(difference.Left), Of(difference.Right)),
        AddressSet.Dns => throw new UnreachableException("names are refused before"),
        AddressSet.Service => throw new UnreachableException("services stay in the code"),
        _ => throw new UnreachableException(),
    };

    private static SetExpression.Pods Pods(AddressSet.Pods pods)
    {
        var where = pods.Where is null ? null : Of(pods.Where);
        return pods.Scope switch
        {
            NamespaceScope.One one => new SetExpression.Pods(one.Name, null, where),
            NamespaceScope.Any => new SetExpression.Pods(null, null, where),
            NamespaceScope.Matching matching => new SetExpression.Pods(null, Of(matching.Where), where),
            NamespaceScope.Same => throw new UnreachableException("the namespace of the judged endpoint stays in the code"),
            _ => throw new UnreachableException(),
        };
    }

    private static LabelExpression Of(LabelPredicate predicate) => predicate switch
    {
        LabelPredicate.Equal equal => new LabelExpression.In(equal.Key, [equal.Value]),
        LabelPredicate.NotEqual notEqual => new LabelExpression.Not(new LabelExpression.In(notEqual.Key, [notEqual.Value])),
        LabelPredicate.In @in => new LabelExpression.In(@in.Key, @in.Values),
        LabelPredicate.NotIn notIn => new LabelExpression.Not(new LabelExpression.In(notIn.Key, notIn.Values)),
        LabelPredicate.Has has => new LabelExpression.Has(has.Key),
        LabelPredicate.Not not => new LabelExpression.Not(Of(not.Inner)),
        LabelPredicate.And and => new LabelExpression.And([.. and.Parts.Select(Of)]),
        LabelPredicate.Or or => new LabelExpression.Or([.. or.Parts.Select(Of)]),
        _ => throw new UnreachableException(),
    };
}
