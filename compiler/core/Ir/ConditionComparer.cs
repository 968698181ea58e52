using System.Diagnostics;

namespace Netpol.Compiler.Ir;

/// <summary>
/// Conditions that are built alike are one: what comparing their printed forms says, without printing. (Records with
/// array children compare these by reference.)
/// </summary>
internal sealed class ConditionComparer : IEqualityComparer<Condition>
{
    public static ConditionComparer Instance { get; } = new();

    public bool Equals(Condition? left, Condition? right)
    {
        if (ReferenceEquals(left, right))
        {
            return true;
        }

        return (left, right) switch
        {
            (Condition.And a, Condition.And b) => a.Parts.AsSpan().SequenceEqual(b.Parts.AsSpan(), this),
            (Condition.Or a, Condition.Or b) => a.Parts.AsSpan().SequenceEqual(b.Parts.AsSpan(), this),
            (Condition.Not a, Condition.Not b) => Equals(a.Inner, b.Inner),
            _ => left is not null && left.Equals(right),
        };
    }

    public int GetHashCode(Condition condition) => condition switch
    {
        Condition.And and => Hash(1, and.Parts.AsSpan()),
        Condition.Or or => Hash(2, or.Parts.AsSpan()),
        Condition.Not not => HashCode.Combine(3, GetHashCode(not.Inner)),
        null => throw new UnreachableException(),
        _ => condition.GetHashCode(),
    };

    private int Hash(int kind, ReadOnlySpan<Condition> parts)
    {
        var hash = default(HashCode);
        hash.Add(kind);
        foreach (var part in parts)
        {
            hash.Add(GetHashCode(part));
        }

        return hash.ToHashCode();
    }
}
