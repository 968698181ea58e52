using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;

namespace Netpol.Compiler.Bpf.Btf;

/// <summary>The section <c>.BTF.ext</c>, ours or clang's; relocations for newer kernels in it are passed over.</summary>
public static class BtfExtensionReader
{
    /// <param name="strings">Of the section <c>.BTF</c>.</param>
    public static bool TryRead(
        ReadOnlySpan<byte> section, ReadOnlySpan<byte> strings, [NotNullWhen(true)] out BtfExtension? extension, [NotNullWhen(false)] out string? problem)
    {
        try
        {
            LittleEndianReader.Split(section, out var functions, out var lines);
            extension = new BtfExtension(Functions(functions, strings), Lines(lines, strings));
            problem = null;
            return true;
        }
        catch (InvalidDataException e)
        {
            (extension, problem) = (null, e.Message);
            return false;
        }
    }

    private static ImmutableArray<BtfFunctionRecord> Functions(ReadOnlySpan<byte> bytes, ReadOnlySpan<byte> strings)
    {
        var functions = ImmutableArray.CreateBuilder<BtfFunctionRecord>();
        LittleEndianReader reader = new(bytes);
        var size = RecordSize(ref reader, BtfExtensionWriter.FunctionRecordSize);
        while (!reader.IsAtEnd)
        {
            var (section, count) = (LittleEndianReader.Text(strings, reader.U32()), reader.U32());
            for (var n = 0U; n < count; n++)
            {
                LittleEndianReader fields = new(reader.Take(size));
                functions.Add(new BtfFunctionRecord(section, fields.I32(), fields.I32()));
            }
        }

        return functions.ToImmutable();
    }

    private static ImmutableArray<BtfLineRecord> Lines(ReadOnlySpan<byte> bytes, ReadOnlySpan<byte> strings)
    {
        var lines = ImmutableArray.CreateBuilder<BtfLineRecord>();
        LittleEndianReader reader = new(bytes);
        var size = RecordSize(ref reader, BtfExtensionWriter.LineRecordSize);
        while (!reader.IsAtEnd)
        {
            var (section, count) = (LittleEndianReader.Text(strings, reader.U32()), reader.U32());
            for (var n = 0U; n < count; n++)
            {
                LittleEndianReader fields = new(reader.Take(size));
                var (offset, file, text, place) = (
                    fields.I32(), LittleEndianReader.Text(strings, fields.U32()), LittleEndianReader.Text(strings, fields.U32()), fields.U32());
                lines.Add(new BtfLineRecord(
                    section, offset, file, text, (int)(place >> BtfExtensionWriter.ColumnBits), (int)(place & BtfExtensionWriter.LargestColumn)));
            }
        }

        return lines.ToImmutable();
    }

    // A table may be left out; records may have grown.
    private static uint RecordSize(ref LittleEndianReader reader, uint least)
    {
        if (reader.IsAtEnd)
        {
            return least;
        }

        var size = reader.U32();
        return size >= least ? size : throw new InvalidDataException($"records have {size} bytes");
    }
}
