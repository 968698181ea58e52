using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;

namespace Netpol.Compiler.Bpf.Btf;

/// <summary>The section <c>.BTF</c>, ours or clang's.</summary>
public static class BtfReader
{
    /// <param name="strings">The bytes that <c>.BTF.ext</c> refers to.</param>
    public static bool TryRead(
        ReadOnlySpan<byte> section, [NotNullWhen(true)] out BtfTypes? types, out ImmutableArray<byte> strings, [NotNullWhen(false)] out string? problem)
    {
        try
        {
            LittleEndianReader.Split(section, out var bytes, out var text);
            strings = [.. text];
            (types, problem) = (Types(bytes, strings.AsSpan()), null);
            return true;
        }
        catch (InvalidDataException e)
        {
            (types, strings, problem) = (null, [], e.Message);
            return false;
        }
    }

    private static BtfTypes Types(ReadOnlySpan<byte> bytes, ReadOnlySpan<byte> strings)
    {
        var types = ImmutableArray.CreateBuilder<BtfType>();
        LittleEndianReader reader = new(bytes);
        while (!reader.IsAtEnd)
        {
            var (name, info, rest) = (LittleEndianReader.Text(strings, reader.U32()), reader.U32(), reader.I32());
            types.Add(Type(ref reader, strings, name, (BtfKind)(info >> 24 & 0x1f), info >> 31 != 0, (int)(info & 0xffff), rest));
        }

        return new BtfTypes(types.ToImmutable());
    }

    private static BtfType Type(
        ref LittleEndianReader reader, ReadOnlySpan<byte> strings, string name, BtfKind kind, bool flag, int count, int rest)
    {
        switch (kind)
        {
            case BtfKind.Integer:
                return new BtfType.Integer(name, rest, (BtfEncoding)(reader.U32() >> 24 & 15));
            case BtfKind.Pointer:
                return new BtfType.Pointer(rest);
            case BtfKind.Array:
                return new BtfType.Array(reader.I32(), reader.I32(), reader.I32());
            case BtfKind.Structure or BtfKind.Union:
                return new BtfType.Structure(name, kind == BtfKind.Union, rest, flag, Members(ref reader, strings, count));
            case BtfKind.Enumeration:
                return new BtfType.Enumeration(name, rest, flag, Constants(ref reader, strings, count));
            case BtfKind.Forward:
                return new BtfType.Forward(name, flag);
            case BtfKind.Typedef:
                return new BtfType.Typedef(name, rest);
            case BtfKind.Volatile:
                return new BtfType.Volatile(rest);
            case BtfKind.Const:
                return new BtfType.Const(rest);
            case BtfKind.Restrict:
                return new BtfType.Restrict(rest);
            case BtfKind.Function:
                return new BtfType.Function(name, rest, (BtfLinkage)count);
            case BtfKind.FunctionPrototype:
                return new BtfType.FunctionPrototype(rest, Parameters(ref reader, strings, count));
            case BtfKind.Variable:
                return new BtfType.Variable(name, rest, (BtfLinkage)reader.U32());
            case BtfKind.DataSection:
                return new BtfType.DataSection(name, rest, Entries(ref reader, count));
            default:
                throw new InvalidDataException($"a type is of kind {(int)kind}, which is not read");
        }
    }

    private static ImmutableArray<BtfMember> Members(ref LittleEndianReader reader, ReadOnlySpan<byte> strings, int count)
    {
        var members = ImmutableArray.CreateBuilder<BtfMember>();
        for (var n = 0; n < count; n++)
        {
            members.Add(new BtfMember(LittleEndianReader.Text(strings, reader.U32()), reader.I32(), reader.U32()));
        }

        return members.ToImmutable();
    }

    private static ImmutableArray<BtfConstant> Constants(ref LittleEndianReader reader, ReadOnlySpan<byte> strings, int count)
    {
        var constants = ImmutableArray.CreateBuilder<BtfConstant>();
        for (var n = 0; n < count; n++)
        {
            constants.Add(new BtfConstant(LittleEndianReader.Text(strings, reader.U32()), reader.I32()));
        }

        return constants.ToImmutable();
    }

    private static ImmutableArray<BtfParameter> Parameters(ref LittleEndianReader reader, ReadOnlySpan<byte> strings, int count)
    {
        var parameters = ImmutableArray.CreateBuilder<BtfParameter>();
        for (var n = 0; n < count; n++)
        {
            parameters.Add(new BtfParameter(LittleEndianReader.Text(strings, reader.U32()), reader.I32()));
        }

        return parameters.ToImmutable();
    }

    private static ImmutableArray<BtfSectionEntry> Entries(ref LittleEndianReader reader, int count)
    {
        var entries = ImmutableArray.CreateBuilder<BtfSectionEntry>();
        for (var n = 0; n < count; n++)
        {
            entries.Add(new BtfSectionEntry(reader.I32(), reader.I32(), reader.I32()));
        }

        return entries.ToImmutable();
    }
}
