using System.Collections.Frozen;

namespace Netpol.Compiler.Bpf;

/// <summary>What the bits of a <see cref="Code"/> say: RFC 9669, section 3.</summary>
public static class CodeTraits
{
    private const int SourceIsRegister = 0x08;

    private static readonly FrozenSet<Code> Known = Enum.GetValues<Code>().ToFrozenSet();

    public static byte Opcode(this Code code) => (byte)code;

    public static InstructionClass Class(this Code code) => (InstructionClass)((int)code & 0x07);

    /// <summary>Arithmetic and jumps: the second operand is a register.</summary>
    public static bool HasRegisterOperand(this Code code) => ((int)code & SourceIsRegister) != 0;

    /// <summary>Of arithmetic and jumps: which one.</summary>
    public static int Operation(this Code code) => (int)code & 0xf0;

    /// <summary>Of accesses to memory.</summary>
    public static MemorySize Size(this Code code) => (MemorySize)((int)code & 0x18);

    /// <summary>The high byte: what tells it from others of its opcode.</summary>
    public static byte Discriminator(this Code code) => (byte)((int)code >> 8);

    public static bool IsLoadImmediate64(this Code code) => code.Opcode() == (byte)Code.LoadImmediate64;

    public static bool IsAtomic(this Code code) => code.Opcode() is 0xc3 or 0xdb;

    public static bool IsByteOrder(this Code code) => code.Opcode() is 0xd4 or 0xdc;

    public static bool IsCall(this Code code) => code.Opcode() == (byte)Code.CallHelper;

    public static bool IsConditionalJump(this Code code) =>
        code.Class() is InstructionClass.Jump64 or InstructionClass.Jump32 && code.Operation() is not (0x00 or 0x80 or 0x90);

    public static int Bytes(this MemorySize size) => size switch
    {
        MemorySize.Bits8 => 1,
        MemorySize.Bits16 => 2,
        MemorySize.Bits32 => 4,
        _ => 8,
    };

    /// <summary>The code with these bits, if there is one.</summary>
    public static bool TryOf(byte opcode, byte discriminator, out Code code)
    {
        code = (Code)(opcode | discriminator << 8);
        return Known.Contains(code);
    }

    public static InstructionFields Fields(this Code code) => code switch
    {
        Code.Exit => InstructionFields.None,
        Code.Jump => InstructionFields.Offset,
        Code.CallHelper or Code.CallFunction => InstructionFields.Immediate,
        Code.CallKernelFunction => InstructionFields.Immediate | InstructionFields.Offset,
        Code.Negate32 or Code.Negate64 => InstructionFields.Destination,
        _ when code.IsLoadImmediate64() => InstructionFields.Destination | InstructionFields.Immediate,
        _ when code.IsByteOrder() => InstructionFields.Destination,
        _ => code.Class() switch
        {
            InstructionClass.Load or InstructionClass.Store => InstructionFields.Destination | InstructionFields.Source | InstructionFields.Offset,
            InstructionClass.StoreImmediate => InstructionFields.Destination | InstructionFields.Offset | InstructionFields.Immediate,
            InstructionClass.Jump64 or InstructionClass.Jump32 => InstructionFields.Offset | TwoOperands(code),
            _ => TwoOperands(code),
        },
    };

    private static InstructionFields TwoOperands(Code code) =>
        InstructionFields.Destination | (code.HasRegisterOperand() ? InstructionFields.Source : InstructionFields.Immediate);
}
