using System.Collections.Immutable;
using Netpol.Compiler.Ir;
using Netpol.Model;

namespace Netpol.Compiler.Lowering;

/// <summary>Collects the sets of a program; one that is built like an earlier one is that one.</summary>
internal sealed class SetTable
{
    private readonly Dictionary<string, int> _bySpelling = new(StringComparer.Ordinal);
    private readonly List<MemberSet> _sets = [];

    /// <param name="set">Without <c>same namespace</c> and services.</param>
    public SetId Add(AddressSet set)
    {
        var normal = SetNormalizer.Normalize(set);
        var spelling = SetSpelling.Of(normal);
        var name = (set as AddressSet.Named)?.Name;
        if (_bySpelling.TryGetValue(spelling, out var index))
        {
            // A set first met in place may have a name elsewhere.
            _sets[index] = _sets[index] with { Name = _sets[index].Name ?? name };
            return new SetId(index);
        }

        index = _sets.Count;
        _bySpelling.Add(spelling, index);
        _sets.Add(new MemberSet(new SetId(index), name, normal, spelling));
        return new SetId(index);
    }

    public ImmutableArray<MemberSet> ToImmutable() => [.. _sets];
}
