using System.Collections.Immutable;
using System.Diagnostics;
using Netpol.Model;
using Netpol.Syntax;

namespace Netpol.Binding;

/// <summary>Conditions on labels; nothing in them can be wrong that parses.</summary>
internal static class PredicateBinder
{
    public static LabelPredicate Bind(PredicateSyntax syntax) => syntax switch
    {
        PredicateSyntax.Equal equal => new LabelPredicate.Equal(equal.Key.Value, equal.Value.Value),
        PredicateSyntax.NotEqual notEqual => new LabelPredicate.NotEqual(notEqual.Key.Value, notEqual.Value.Value),
        PredicateSyntax.In @in => new LabelPredicate.In(@in.Key.Value, Values(@in.Values)),
        PredicateSyntax.NotIn notIn => new LabelPredicate.NotIn(notIn.Key.Value, Values(notIn.Values)),
        PredicateSyntax.Has has => new LabelPredicate.Has(has.Key.Value),
        PredicateSyntax.Not not => new LabelPredicate.Not(Bind(not.Inner)),
        PredicateSyntax.And and => new LabelPredicate.And([.. and.Parts.Select(Bind)]),
        PredicateSyntax.Or or => new LabelPredicate.Or([.. or.Parts.Select(Bind)]),
        _ => throw new UnreachableException(),
    };

    private static ImmutableArray<string> Values(ImmutableArray<Spelled<string>> values) => [.. values.Select(value => value.Value)];
}
