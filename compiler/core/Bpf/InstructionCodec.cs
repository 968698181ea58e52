using System.Buffers.Binary;
using System.Collections.Immutable;

namespace Netpol.Compiler.Bpf;

/// <summary>
/// Instructions to bytes and back, little endian:
/// <code>
/// | opcode | source, destination | offset | immediate |    a slot: 1, 1, 2 and 4 bytes
/// </code>
/// A 64-bit immediate has its upper half in a second slot. What is decoded encodes to the same bytes.
/// </summary>
public static class InstructionCodec
{
    public const int SlotSize = 8;

    public static byte[] Encode(IEnumerable<Instruction> instructions)
    {
        var all = instructions.ToList();
        var bytes = new byte[all.Sum(instruction => instruction.Slots) * SlotSize];
        var at = 0;
        foreach (var instruction in all)
        {
            Write(instruction, bytes.AsSpan(at));
            at += instruction.Slots * SlotSize;
        }

        return bytes;
    }

    /// <summary>False: something in it is no instruction of this set, or is cut off.</summary>
    public static bool TryDecode(ReadOnlySpan<byte> bytes, out ImmutableArray<Instruction> instructions)
    {
        var all = ImmutableArray.CreateBuilder<Instruction>(bytes.Length / SlotSize);
        while (!bytes.IsEmpty)
        {
            if (!TryRead(bytes, out var instruction))
            {
                instructions = [];
                return false;
            }

            all.Add(instruction);
            bytes = bytes[(instruction.Slots * SlotSize)..];
        }

        instructions = all.DrainToImmutable();
        return true;
    }

    public static void Write(Instruction instruction, Span<byte> bytes)
    {
        var code = instruction.Code;
        var discriminator = code.Discriminator();
        var isInSource = code.IsLoadImmediate64() || code.IsCall();
        var source = isInSource ? discriminator : (byte)instruction.Source;
        var immediate = code.IsAtomic() || code.IsByteOrder() ? discriminator : (int)instruction.Immediate;
        bytes[0] = code.Opcode();
        bytes[1] = (byte)((byte)instruction.Destination | source << 4);
        BinaryPrimitives.WriteInt16LittleEndian(bytes[2..], instruction.Offset);
        BinaryPrimitives.WriteInt32LittleEndian(bytes[4..], immediate);
        if (instruction.Slots == 2)
        {
            bytes.Slice(SlotSize, 4).Clear();
            BinaryPrimitives.WriteInt32LittleEndian(bytes[12..], (int)(instruction.Immediate >> 32));
        }
    }

    /// <summary>The instruction that the bytes begin with.</summary>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out Instruction instruction)
    {
        instruction = default;
        if (bytes.Length < SlotSize)
        {
            return false;
        }

        var (opcode, destination, source) = (bytes[0], (Register)(bytes[1] & 15), bytes[1] >> 4);
        var offset = BinaryPrimitives.ReadInt16LittleEndian(bytes[2..]);
        long immediate = BinaryPrimitives.ReadInt32LittleEndian(bytes[4..]);
        long discriminator = 0;
        var kind = (Code)opcode;
        if (kind.IsLoadImmediate64() || kind.IsCall())
        {
            (discriminator, source) = (source, 0);
        }
        else if (kind.IsAtomic() || kind.IsByteOrder())
        {
            (discriminator, immediate) = (immediate, 0);
        }

        if (discriminator is < 0 or > byte.MaxValue || !CodeTraits.TryOf(opcode, (byte)discriminator, out var code))
        {
            return false;
        }

        if (code.IsLoadImmediate64())
        {
            if (bytes.Length < 2 * SlotSize || bytes.Slice(SlotSize, 4).ContainsAnyExcept((byte)0))
            {
                return false;
            }

            immediate = (uint)immediate | (long)BinaryPrimitives.ReadInt32LittleEndian(bytes[12..]) << 32;
        }

        instruction = new Instruction(code, destination, (Register)source, offset, immediate);
        return HasOnlyItsFields(instruction);
    }

    private static bool HasOnlyItsFields(Instruction instruction)
    {
        var fields = instruction.Code.Fields();
        return instruction.Destination <= Register.R10 && instruction.Source <= Register.R10
            && (fields.HasFlag(InstructionFields.Destination) || instruction.Destination == 0)
            && (fields.HasFlag(InstructionFields.Source) || instruction.Source == 0)
            && (fields.HasFlag(InstructionFields.Offset) || instruction.Offset == 0)
            && (fields.HasFlag(InstructionFields.Immediate) || instruction.Immediate == 0);
    }
}
