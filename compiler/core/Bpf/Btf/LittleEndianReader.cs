using System.Buffers.Binary;
using System.Text;

namespace Netpol.Compiler.Bpf.Btf;

/// <summary>A part of a section, read from front to end.</summary>
/// <exception cref="InvalidDataException">It ends too early.</exception>
internal ref struct LittleEndianReader(ReadOnlySpan<byte> bytes)
{
    private ReadOnlySpan<byte> _rest = bytes;

    public readonly bool IsAtEnd => _rest.IsEmpty;

    public byte U8() => Take(1)[0];

    public ushort U16() => BinaryPrimitives.ReadUInt16LittleEndian(Take(2));

    public uint U32() => BinaryPrimitives.ReadUInt32LittleEndian(Take(4));

    public int I32() => (int)U32();

    public ReadOnlySpan<byte> Take(uint size)
    {
        if (size > (uint)_rest.Length)
        {
            throw new InvalidDataException("a section is cut off");
        }

        var taken = _rest[..(int)size];
        _rest = _rest[(int)size..];
        return taken;
    }

    public static ReadOnlySpan<byte> Part(ReadOnlySpan<byte> bytes, ulong offset, uint size) =>
        offset <= (ulong)bytes.Length && size <= (ulong)bytes.Length - offset
            ? bytes.Slice((int)offset, (int)size)
            : throw new InvalidDataException("a part of a section is beside it");

    public static string Text(ReadOnlySpan<byte> strings, uint offset)
    {
        var end = offset < strings.Length ? strings[(int)offset..].IndexOf((byte)0) : -1;
        return end >= 0
            ? Encoding.UTF8.GetString(strings.Slice((int)offset, end))
            : throw new InvalidDataException("a name is beside the strings");
    }
}
