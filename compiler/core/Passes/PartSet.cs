using System.Collections.Immutable;
using Netpol.Compiler.Ir;

namespace Netpol.Compiler.Passes;

/// <summary>Different conditions in the order in which they came. Most conditions have a handful of parts, and some have thousands.</summary>
internal sealed class PartSet
{
    // Below this, looking through all is cheaper than a table.
    private const int Few = 8;

    private readonly ImmutableArray<Condition>.Builder _parts = ImmutableArray.CreateBuilder<Condition>();
    private HashSet<Condition>? _index;

    /// <returns>False where it is in already.</returns>
    public bool Add(Condition part)
    {
        if (Contains(part))
        {
            return false;
        }

        _parts.Add(part);
        if (_parts.Count > Few)
        {
            _index ??= new HashSet<Condition>(_parts, ConditionComparer.Instance);
            _index.Add(part);
        }

        return true;
    }

    public bool Contains(Condition part)
    {
        if (_index is not null)
        {
            return _index.Contains(part);
        }

        foreach (var known in _parts)
        {
            if (ConditionComparer.Instance.Equals(known, part))
            {
                return true;
            }
        }

        return false;
    }

    public ImmutableArray<Condition> ToImmutable() => _parts.ToImmutable();
}
