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

    /// <summary>
    /// The head that <c>.BTF</c> and <c>.BTF.ext</c> have in common (linux/btf.h), and the two parts behind it that come first in each:
    /// types and strings of the one, functions and lines of the other.
    /// </summary>
    /// <exception cref="InvalidDataException">It is of another version, or cut off.</exception>
    public static void Split(ReadOnlySpan<byte> section, out ReadOnlySpan<byte> first, out ReadOnlySpan<byte> second)
    {
        LittleEndianReader header = new(section);
        if (header.U16() != BtfWriter.Magic || header.U8() != 1)
        {
            throw new InvalidDataException("this is no BTF of version 1");
        }

        _ = header.U8();
        var size = header.U32();
        var (firstAt, firstSize, secondAt, secondSize) = (header.U32(), header.U32(), header.U32(), header.U32());
        first = Part(section, (ulong)size + firstAt, firstSize);
        second = Part(section, (ulong)size + secondAt, secondSize);
    }

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
