using System.Collections.Immutable;
using Netpol.Compiler.Ir;

namespace Netpol.Compiler.Terms;

/// <summary>Conditions as sums of products: <c>a and (b or not c)</c> is <c>a b + a (not c)</c>.</summary>
internal static class Products
{
    /// <summary>Of one rule; a rule of more is no rule that a person wrote.</summary>
    private const int Most = 4096;

    /// <returns>Null: too many.</returns>
    public static ImmutableArray<ImmutableArray<Literal>>? Of(Condition condition) => Of(condition, isTrue: true);

    private static ImmutableArray<ImmutableArray<Literal>>? Of(Condition condition, bool isTrue) => condition switch
    {
        Condition.Not not => Of(not.Inner, !isTrue),
        Condition.True => isTrue ? [[]] : [],
        Condition.False => isTrue ? [] : [[]],
        Condition.And and => isTrue ? Multiply(and.Parts, isTrue) : Add(and.Parts, isTrue),
        Condition.Or or => isTrue ? Add(or.Parts, isTrue) : Multiply(or.Parts, isTrue),
        _ => [[new Literal(condition, isTrue)]],
    };

    private static ImmutableArray<ImmutableArray<Literal>>? Add(ImmutableArray<Condition> parts, bool isTrue)
    {
        var sum = ImmutableArray.CreateBuilder<ImmutableArray<Literal>>();
        foreach (var part in parts)
        {
            if (Of(part, isTrue) is not { } products || sum.Count + products.Length > Most)
            {
                return null;
            }

            sum.AddRange(products);
        }

        return sum.ToImmutable();
    }

    private static ImmutableArray<ImmutableArray<Literal>>? Multiply(ImmutableArray<Condition> parts, bool isTrue)
    {
        // Most parts are literals, and in every product.
        var common = ImmutableArray.CreateBuilder<Literal>(parts.Length);
        ImmutableArray<ImmutableArray<Literal>> product = [[]];
        foreach (var part in parts)
        {
            if (Of(part, isTrue) is not { } factors || (long)product.Length * factors.Length > Most)
            {
                return null;
            }

            if (factors is [var only])
            {
                common.AddRange(only);
            }
            else
            {
                product = [.. from left in product from right in factors select left.AddRange(right)];
            }
        }

        var inAll = common.DrainToImmutable();
        return product is [[]] ? [inAll] : [.. product.Select(inAll.AddRange)];
    }
}
