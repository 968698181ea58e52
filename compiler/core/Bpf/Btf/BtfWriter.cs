using System.Diagnostics;

namespace Netpol.Compiler.Bpf.Btf;

/// <summary>
/// The section <c>.BTF</c>:
/// <code>
/// | header | types: name, info, size or type, and what the kind adds | strings |
/// info: kind flag in bit 31, kind in bits 24-28, how many follow in bits 0-15
/// </code>
/// </summary>
public static class BtfWriter
{
    internal const ushort Magic = 0xeb9f;
    internal const int HeaderSize = 24;

    /// <param name="strings">With the strings of <c>.BTF.ext</c> already in it; names of types are added.</param>
    public static byte[] Write(BtfTypes types, StringTable strings)
    {
        LittleEndianWriter body = new();
        foreach (var type in types.All)
        {
            Write(body, type, strings);
        }

        var text = strings.ToArray();
        LittleEndianWriter writer = new();
        writer.U16(Magic);
        writer.U8(1);
        writer.U8(0);
        writer.U32(HeaderSize);
        writer.U32(0);
        writer.U32((uint)body.Length);
        writer.U32((uint)body.Length);
        writer.U32((uint)text.Length);
        writer.Bytes(body.ToArray());
        writer.Bytes(text);
        return writer.ToArray();
    }

    private static void Write(LittleEndianWriter writer, BtfType type, StringTable strings)
    {
        void Head(string name, BtfKind kind, int sizeOrType, int count = 0, bool flag = false)
        {
            writer.U32(strings.Add(name));
            writer.U32((flag ? 1U << 31 : 0) | (uint)kind << 24 | (uint)count);
            writer.U32((uint)sizeOrType);
        }

        switch (type)
        {
            case BtfType.Integer integer:
                Head(integer.Name, BtfKind.Integer, integer.Size);
                writer.U32((uint)integer.Encoding << 24 | (uint)integer.Size * 8);
                break;
            case BtfType.Pointer pointer:
                Head("", BtfKind.Pointer, pointer.Target);
                break;
            case BtfType.Array array:
                Head("", BtfKind.Array, 0);
                writer.U32((uint)array.Element);
                writer.U32((uint)array.Index);
                writer.U32((uint)array.Count);
                break;
            case BtfType.Structure structure:
                Head(structure.Name, structure.IsUnion ? BtfKind.Union : BtfKind.Structure, structure.Size, structure.Members.Length, structure.HasBitFields);
                foreach (var member in structure.Members)
                {
                    writer.U32(strings.Add(member.Name));
                    writer.U32((uint)member.Type);
                    writer.U32(member.BitOffset);
                }

                break;
            case BtfType.Enumeration enumeration:
                Head(enumeration.Name, BtfKind.Enumeration, enumeration.Size, enumeration.Constants.Length, enumeration.IsSigned);
                foreach (var constant in enumeration.Constants)
                {
                    writer.U32(strings.Add(constant.Name));
                    writer.U32((uint)constant.Value);
                }

                break;
            case BtfType.Forward forward:
                Head(forward.Name, BtfKind.Forward, 0, flag: forward.IsUnion);
                break;
            case BtfType.Typedef typedef:
                Head(typedef.Name, BtfKind.Typedef, typedef.Target);
                break;
            case BtfType.Volatile qualified:
                Head("", BtfKind.Volatile, qualified.Target);
                break;
            case BtfType.Const qualified:
                Head("", BtfKind.Const, qualified.Target);
                break;
            case BtfType.Restrict qualified:
                Head("", BtfKind.Restrict, qualified.Target);
                break;
            case BtfType.Function function:
                Head(function.Name, BtfKind.Function, function.Prototype, (int)function.Linkage);
                break;
            case BtfType.FunctionPrototype prototype:
                Head("", BtfKind.FunctionPrototype, prototype.Return, prototype.Parameters.Length);
                foreach (var parameter in prototype.Parameters)
                {
                    writer.U32(strings.Add(parameter.Name));
                    writer.U32((uint)parameter.Type);
                }

                break;
            case BtfType.Variable variable:
                Head(variable.Name, BtfKind.Variable, variable.Target);
                writer.U32((uint)variable.Linkage);
                break;
            case BtfType.DataSection section:
                Head(section.Name, BtfKind.DataSection, section.Size, section.Entries.Length);
                foreach (var entry in section.Entries)
                {
                    writer.U32((uint)entry.Variable);
                    writer.U32((uint)entry.Offset);
                    writer.U32((uint)entry.Size);
                }

                break;
            default:
                throw new UnreachableException();
        }
    }
}
