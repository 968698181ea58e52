using System.Collections.Frozen;

namespace Netpol.Compiler.Bpf.Interpretation;

/// <summary>The helpers that programs reach maps by.</summary>
public static class MapHelpers
{
    public static FrozenDictionary<Helper, HelperFunction> Table { get; } = new Dictionary<Helper, HelperFunction>
    {
        [Helper.MapLookupElem] = Lookup,
    }.ToFrozenDictionary();

    private static FaultKind Lookup(Machine machine, ReadOnlySpan<ulong> arguments, out ulong answer)
    {
        answer = 0;
        if (!machine.TryMap(arguments[0], out var map, out var region) || !machine.TryRead(arguments[1], map.KeySize, out var key))
        {
            return FaultKind.BadArgument;
        }

        if (map.Find(key) is >= 0 and var place)
        {
            answer = (ulong)region << 32 | (uint)place << Region.ShiftOf(map.ValueSize);
        }

        return FaultKind.None;
    }
}
