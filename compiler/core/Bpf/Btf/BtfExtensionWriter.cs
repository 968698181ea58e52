namespace Netpol.Compiler.Bpf.Btf;

/// <summary>
/// The section <c>.BTF.ext</c>: two tables, each a record size and then, for every section of code, its name, a count and the records.
/// </summary>
public static class BtfExtensionWriter
{
    internal const int HeaderSize = 32;
    internal const int FunctionRecordSize = 8;
    internal const int LineRecordSize = 16;
    internal const int ColumnBits = 10;
    internal const uint LargestColumn = (1U << ColumnBits) - 1;

    /// <param name="strings">Of the section <c>.BTF</c>, which is to be written after this one.</param>
    public static byte[] Write(BtfExtension extension, StringTable strings)
    {
        LittleEndianWriter functions = new(), lines = new();
        functions.U32(FunctionRecordSize);
        foreach (var section in extension.Functions.GroupBy(function => function.Section))
        {
            functions.U32(strings.Add(section.Key));
            functions.U32((uint)section.Count());
            foreach (var function in section)
            {
                functions.U32((uint)function.Offset);
                functions.U32((uint)function.Type);
            }
        }

        lines.U32(LineRecordSize);
        foreach (var section in extension.Lines.GroupBy(line => line.Section))
        {
            lines.U32(strings.Add(section.Key));
            lines.U32((uint)section.Count());
            foreach (var line in section)
            {
                lines.U32((uint)line.Offset);
                lines.U32(strings.Add(line.File));
                lines.U32(strings.Add(line.Text));
                lines.U32((uint)line.Line << ColumnBits | Math.Min((uint)line.Column, LargestColumn));
            }
        }

        LittleEndianWriter writer = new();
        writer.U16(BtfWriter.Magic);
        writer.U8(1);
        writer.U8(0);
        writer.U32(HeaderSize);
        writer.U32(0);
        writer.U32((uint)functions.Length);
        writer.U32((uint)functions.Length);
        writer.U32((uint)lines.Length);
        writer.U32((uint)(functions.Length + lines.Length));
        writer.U32(0);
        writer.Bytes(functions.ToArray());
        writer.Bytes(lines.ToArray());
        return writer.ToArray();
    }
}
