using System.Buffers.Binary;

namespace Netpol.Compiler.Bpf.Elf;

/// <summary>The bytes of an object file. The same model gives the same bytes.</summary>
public static class ElfWriter
{
    public static byte[] Write(ElfObject model)
    {
        var layout = ElfLayout.Of(model);
        var file = new byte[(int)layout.HeadersAt + (layout.Sections.Length * ElfConstants.SectionHeaderSize)];
        Header(file, layout);
        var headers = file.AsSpan((int)layout.HeadersAt);
        foreach (var section in layout.Sections)
        {
            section.Bytes.CopyTo(file, (int)section.Offset);
            SectionHeader(headers, section);
            headers = headers[ElfConstants.SectionHeaderSize..];
        }

        return file;
    }

    private static void Header(Span<byte> bytes, ElfLayout layout)
    {
        ElfConstants.Identification.CopyTo(bytes);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes[16..], ElfConstants.Relocatable);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes[18..], ElfConstants.MachineBpf);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[20..], 1);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes[40..], layout.HeadersAt);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes[52..], ElfConstants.HeaderSize);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes[58..], ElfConstants.SectionHeaderSize);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes[60..], (ushort)layout.Sections.Length);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes[62..], (ushort)(layout.Sections.Length - 1));
    }

    private static void SectionHeader(Span<byte> bytes, ElfLayout.Placed section)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, section.Name);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[4..], (uint)section.Type);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes[8..], (ulong)section.Flags);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes[24..], section.Offset);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes[32..], section.Size);
        BinaryPrimitives.WriteInt32LittleEndian(bytes[40..], section.Link);
        BinaryPrimitives.WriteInt32LittleEndian(bytes[44..], section.Info);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes[48..], (ulong)section.Alignment);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes[56..], (ulong)section.EntrySize);
    }
}
