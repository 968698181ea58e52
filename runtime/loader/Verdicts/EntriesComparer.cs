using System.Runtime.InteropServices;

namespace Netpol.Loader.Verdicts;

/// <summary>Nodes that say the same are one.</summary>
internal sealed class EntriesComparer : IEqualityComparer<uint[]>
{
    internal static EntriesComparer Instance { get; } = new();

    public bool Equals(uint[]? left, uint[]? right) => left.AsSpan().SequenceEqual(right);

    public int GetHashCode(uint[] entries)
    {
        HashCode hash = default;
        hash.AddBytes(MemoryMarshal.AsBytes<uint>(entries));
        return hash.ToHashCode();
    }
}
