using System.Collections.Immutable;

namespace Netpol.Compiler.Layout;

/// <summary>
/// The address classes of the split address space: addresses that are in the same sets are one class, whatever prefix they are of.
/// Endpoints and addresses of nodes get theirs on the node.
/// </summary>
public sealed class AddressClasses
{
    private readonly Dictionary<BitSet, int> _ids = [];

    private AddressClasses(ImmutableArray<BitSet> members)
    {
        Members = members;
        for (var index = 0; index < members.Length; index++)
        {
            _ids.Add(members[index], index + 1);
        }
    }

    /// <summary>Ids from 1, in the order in which the prefixes first need them.</summary>
    public int this[BitSet members] => _ids[members];

    /// <summary>By id - 1.</summary>
    public ImmutableArray<BitSet> Members { get; }

    public static AddressClasses Of(IEnumerable<SplitPrefix> prefixes) =>
        new([.. prefixes.Select(prefix => prefix.Members).Distinct()]);
}
