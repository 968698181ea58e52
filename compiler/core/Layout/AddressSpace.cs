using System.Collections.Immutable;
using Netpol.Compiler.Ir;
using Netpol.Model;
using Netpol.Semantics;

namespace Netpol.Compiler.Layout;

/// <summary>The addresses outside of endpoints, split where a set or a kind of address begins or ends, and their classes.</summary>
/// <param name="Prefixes4">Empty where IPv4 is left out.</param>
/// <param name="Prefixes6">Empty where IPv6 is left out.</param>
public sealed record AddressSpace(ImmutableArray<SplitPrefix> Prefixes4, ImmutableArray<SplitPrefix> Prefixes6, AddressClasses Classes)
{
    /// <summary>Would <see cref="Of"/> make the same of these?</summary>
    public static bool IsSame(NetworkModel one, ImmutableArray<MemberSet> sets, NetworkModel other, ImmutableArray<MemberSet> others) =>
        (sets == others || (sets.Length == others.Length && sets.Zip(others).All(pair =>
            pair.First.Spelling == pair.Second.Spelling && pair.First.IsOutsideVerdicts == pair.Second.IsOutsideVerdicts)))
        && (one.Cluster.HasV4, one.Cluster.HasV6) == (other.Cluster.HasV4, other.Cluster.HasV6)
        && one.Cluster.PodRanges.SequenceEqual(other.Cluster.PodRanges)
        && one.Cluster.NodeRanges.SequenceEqual(other.Cluster.NodeRanges)
        && one.Cluster.ServiceRanges.SequenceEqual(other.Cluster.ServiceRanges)
        && one.Services.SelectMany(service => service.Addresses).SequenceEqual(other.Services.SelectMany(service => service.Addresses));

    public static AddressSpace Of(NetworkModel model, ImmutableArray<MemberSet> sets)
    {
        var kinds = new AddressKinds(model);
        var prefixes4 = model.Cluster.HasV4 ? AddressSplit.Split(IpFamily.V4, sets, kinds) : [];
        var prefixes6 = model.Cluster.HasV6 ? AddressSplit.Split(IpFamily.V6, sets, kinds) : [];
        return new AddressSpace(prefixes4, prefixes6, AddressClasses.Of(prefixes4.Concat(prefixes6)));
    }
}
