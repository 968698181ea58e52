using System.Buffers.Binary;

namespace Netpol.Compiler.Bpf.Interpretation;

/// <summary><c>BPF_MAP_TYPE_ARRAY</c>; with one entry, also a section of data.</summary>
public sealed class ArrayMap(string name, int valueSize, int maxEntries, bool isReadOnly = false)
    : MapModel(name, sizeof(uint), valueSize, maxEntries, isReadOnly)
{
    public Span<byte> this[int index] => Values.AsSpan(index * ValueSize, ValueSize);

    internal override int Find(ReadOnlySpan<byte> key) =>
        BinaryPrimitives.ReadUInt32LittleEndian(key) is var index && index < (uint)MaxEntries ? (int)index : -1;
}
