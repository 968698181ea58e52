using System.Collections.Immutable;

namespace Netpol.Loader.Templates;

/// <summary>A template set as a file in the state folder: read on every attachment, so no text and no reflection.</summary>
internal static class TemplateFile
{
    internal const string FileName = "template.bin";

    /// <summary>The stubs alone: all that an attachment loads.</summary>
    internal const string StubFileName = "stubs.bin";

    private const uint Magic = 0x4c50_4e01;

    internal static byte[] Write(TemplateSet set)
    {
        using MemoryStream stream = new();
        using BinaryWriter writer = new(stream);
        writer.Write(Magic);
        writer.Write(set.BtfId);
        writer.Write(set.Programs.Length);
        foreach (var program in set.Programs)
        {
            writer.Write(program.Name);
            WriteBlock(writer, program.Instructions);
            writer.Write(program.Maps.Length);
            foreach (var reference in program.Maps)
            {
                writer.Write(reference.Instruction);
                writer.Write(reference.Map);
            }

            writer.Write(program.FunctionInfoSize);
            WriteBlock(writer, program.FunctionInfo);
            writer.Write(program.LineInfoSize);
            WriteBlock(writer, program.LineInfo);
        }

        writer.Flush();
        return stream.ToArray();
    }

    internal static TemplateSet Read(byte[] content)
    {
        using BinaryReader reader = new(new MemoryStream(content));
        if (reader.ReadUInt32() != Magic)
        {
            throw new LoaderException("the programs kept in the state folder are of another version; load the bundle again");
        }

        var btf = reader.ReadUInt32();
        var programs = ImmutableArray.CreateBuilder<ProgramTemplate>();
        for (var count = reader.ReadInt32(); count > 0; count--)
        {
            var name = reader.ReadString();
            var instructions = ReadBlock(reader);
            var references = ImmutableArray.CreateBuilder<MapReference>();
            for (var left = reader.ReadInt32(); left > 0; left--)
            {
                references.Add(new MapReference(reader.ReadInt32(), reader.ReadString()));
            }

            var functionInfoSize = reader.ReadInt32();
            var functionInfo = ReadBlock(reader);
            var lineInfoSize = reader.ReadInt32();
            programs.Add(new ProgramTemplate(
                name, instructions, references.ToImmutable(), functionInfo, functionInfoSize, ReadBlock(reader), lineInfoSize));
        }

        return new TemplateSet(btf, programs.ToImmutable());
    }

    private static void WriteBlock(BinaryWriter writer, byte[] block)
    {
        writer.Write(block.Length);
        writer.Write(block);
    }

    private static byte[] ReadBlock(BinaryReader reader) => reader.ReadBytes(reader.ReadInt32());
}
