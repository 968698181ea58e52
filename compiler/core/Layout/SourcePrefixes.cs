using System.Collections.Immutable;
using System.Diagnostics;
using Netpol.Model;

namespace Netpol.Compiler.Layout;

/// <summary>
/// Whom a load balancer's addresses are for, as prefixes of which the longest that an address is in decides. Only sets that addresses alone
/// are in: nobody need know who has them.
/// </summary>
public static class SourcePrefixes
{
    private static readonly ImmutableArray<Prefix> Everything = [Prefix.Of(new Address(IpFamily.V4, 0), 0), Prefix.Of(new Address(IpFamily.V6, 0), 0)];

    /// <summary>Who has an address makes no difference to whether it is in the set.</summary>
    public static bool IsOfAddresses(AddressSet set) => set switch
    {
        AddressSet.Any or AddressSet.Cidr => true,
        AddressSet.Named named => IsOfAddresses(named.Set),
        AddressSet.Union union => union.Parts.All(IsOfAddresses),
        AddressSet.Intersection intersection => intersection.Parts.All(IsOfAddresses),
        AddressSet.Difference difference => IsOfAddresses(difference.Left) && IsOfAddresses(difference.Right),
        _ => false,
    };

    /// <summary>Each prefix with whether its addresses are in, but for those that are in a longer one.</summary>
    public static ImmutableArray<(Prefix Prefix, bool IsIn)> Of(AddressSet set) =>
        [.. Boundaries(set).Distinct().Order().Select(prefix => (prefix, Holds(set, prefix)))];

    internal static int Count(LoadBalancer balancer) => balancer.From is { } from && IsOfAddresses(from) ? Boundaries(from).Distinct().Count() : 0;

    private static IEnumerable<Prefix> Boundaries(AddressSet set) => set switch
    {
        AddressSet.Any => Everything,
        AddressSet.Cidr cidr => cidr.Include.Concat(cidr.Except),
        AddressSet.Named named => Boundaries(named.Set),
        AddressSet.Union union => union.Parts.SelectMany(Boundaries),
        AddressSet.Intersection intersection => intersection.Parts.SelectMany(Boundaries),
        AddressSet.Difference difference => Boundaries(difference.Left).Concat(Boundaries(difference.Right)),
        _ => throw new UnreachableException(),
    };

    private static bool Holds(AddressSet set, Prefix prefix) => set switch
    {
        AddressSet.Any => true,
        AddressSet.Cidr cidr => cidr.Include.Any(outer => outer.Contains(prefix)) && !cidr.Except.Any(outer => outer.Contains(prefix)),
        AddressSet.Named named => Holds(named.Set, prefix),
        AddressSet.Union union => union.Parts.Any(part => Holds(part, prefix)),
        AddressSet.Intersection intersection => intersection.Parts.All(part => Holds(part, prefix)),
        AddressSet.Difference difference => Holds(difference.Left, prefix) && !Holds(difference.Right, prefix),
        _ => throw new UnreachableException(),
    };
}
