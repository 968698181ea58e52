using System.Globalization;

namespace Netpol.Compiler.Ir;

/// <summary>A set of <see cref="DecisionScope.Sets"/>, by its index there. Not yet a bit: layout gives bits to the sets in use.</summary>
public readonly record struct SetId(int Index) : IComparable<SetId>
{
    public int CompareTo(SetId other) => Index.CompareTo(other.Index);

    public override string ToString() => "s" + Index.ToString(CultureInfo.InvariantCulture);
}
