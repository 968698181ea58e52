using System.Diagnostics;
using System.Globalization;

namespace Netpol.Compiler.Bpf;

/// <summary>Instructions in the kernel's words: kernel/bpf/disasm.c.</summary>
internal static class InstructionPrinter
{
    /// <param name="symbol">The map or function that a relocation puts in; null prints what is encoded.</param>
    public static string Print(Instruction instruction, string? symbol = null) => instruction.Code switch
    {
        Code.Exit => "exit",
        Code.Jump => $"goto {Target(instruction.Offset)}",
        Code.CallHelper => $"call {Name((Helper)instruction.Immediate)}",
        Code.CallFunction => $"call {symbol ?? Target((int)instruction.Immediate)}",
        Code.CallKernelFunction => Invariant($"call kernel-function#{instruction.Immediate}"),
        _ when instruction.Code.IsLoadImmediate64() => $"{R(instruction.Destination)} = {Wide(instruction, symbol)}",
        _ when instruction.Code.IsAtomic() => Atomic(instruction),
        _ => instruction.Code.Class() switch
        {
            InstructionClass.Alu64 or InstructionClass.Alu32 => Alu(instruction),
            InstructionClass.Jump64 or InstructionClass.Jump32 => JumpIf(instruction),
            InstructionClass.Load => $"{R(instruction.Destination)} = {Memory(instruction, instruction.Source)}",
            InstructionClass.Store => $"{Memory(instruction, instruction.Destination)} = {R(instruction.Source)}",
            InstructionClass.StoreImmediate => Invariant($"{Memory(instruction, instruction.Destination)} = {instruction.Immediate}"),
            _ => throw new UnreachableException(),
        },
    };

    /// <summary><c>pc+3</c>: in slots, from the next instruction.</summary>
    public static string Target(int offset) => Invariant($"pc{offset:+0;-0;+0}");

    private static string Name(Helper helper) => Enum.IsDefined(helper)
        ? Invariant($"bpf_{Helpers.Name(helper)}#{(int)helper}")
        : Invariant($"helper#{(int)helper}");

    private static string Wide(Instruction instruction, string? symbol)
    {
        var (low, high) = ((int)instruction.Immediate, instruction.Immediate >> 32);
        var map = symbol ?? Invariant($"fd:{low}");
        return instruction.Code switch
        {
            Code.LoadImmediate64 => Invariant($"0x{instruction.Immediate:x}"),
            Code.LoadMap => $"map[{map}]",
            Code.LoadMapValue => Invariant($"map[{map}][0]+{high}"),
            Code.LoadVariable => Invariant($"var[id:{low}]+{high}"),
            Code.LoadFunction => $"subprog[{symbol ?? Target(low)}]",
            Code.LoadMapByIndex => Invariant($"map[idx:{low}]"),
            Code.LoadMapValueByIndex => Invariant($"map[idx:{low}][0]+{high}"),
            _ => throw new UnreachableException(),
        };
    }

    private static string Alu(Instruction instruction)
    {
        var (code, is64) = (instruction.Code, instruction.Code.Class() == InstructionClass.Alu64);
        if (code.IsByteOrder())
        {
            return Invariant($"{R(instruction.Destination)} = {(code.HasRegisterOperand() ? "be" : "le")}{code.Discriminator()} {R(instruction.Destination)}");
        }

        var destination = is64 ? R(instruction.Destination) : W(instruction.Destination);
        if (code is Code.Negate32 or Code.Negate64)
        {
            return $"{destination} = -{destination}";
        }

        return $"{destination} {Symbol((AluOperation)code.Operation())} {Operand()}";

        string Operand() => !code.HasRegisterOperand() ? Invariant($"{instruction.Immediate}")
            : is64 ? R(instruction.Source) : W(instruction.Source);
    }

    private static string JumpIf(Instruction instruction)
    {
        var (code, is64) = (instruction.Code, instruction.Code.Class() == InstructionClass.Jump64);
        var left = is64 ? R(instruction.Destination) : W(instruction.Destination);
        var right = !code.HasRegisterOperand() ? Invariant($"0x{(uint)instruction.Immediate:x}")
            : is64 ? R(instruction.Source) : W(instruction.Source);
        return $"if {left} {Symbol((JumpOperation)code.Operation())} {right} goto {Target(instruction.Offset)}";
    }

    private static string Atomic(Instruction instruction)
    {
        var (operation, source) = ((AtomicOperation)instruction.Code.Discriminator(), R(instruction.Source));
        var memory = Memory(instruction, instruction.Destination);
        var address = memory[1..];
        var width = instruction.Code.Size() == MemorySize.Bits64 ? "64" : "";
        return operation switch
        {
            AtomicOperation.Add => $"lock {memory} += {source}",
            AtomicOperation.Or => $"lock {memory} |= {source}",
            AtomicOperation.And => $"lock {memory} &= {source}",
            AtomicOperation.Xor => $"lock {memory} ^= {source}",
            AtomicOperation.Exchange => $"{source} = atomic{width}_xchg({address}, {source})",
            AtomicOperation.CompareExchange => $"r0 = atomic{width}_cmpxchg({address}, r0, {source})",
            AtomicOperation.FetchAdd => $"{source} = atomic{width}_fetch_add({address}, {source})",
            AtomicOperation.FetchOr => $"{source} = atomic{width}_fetch_or({address}, {source})",
            AtomicOperation.FetchAnd => $"{source} = atomic{width}_fetch_and({address}, {source})",
            AtomicOperation.FetchXor => $"{source} = atomic{width}_fetch_xor({address}, {source})",
            _ => throw new UnreachableException(),
        };
    }

    private static string Memory(Instruction instruction, Register address) =>
        Invariant($"*(u{8 * instruction.Code.Size().Bytes()} *)({R(address)} {instruction.Offset:+0;-0;+0})");

    private static string Symbol(AluOperation operation) => operation switch
    {
        AluOperation.Add => "+=",
        AluOperation.Subtract => "-=",
        AluOperation.Multiply => "*=",
        AluOperation.Divide => "/=",
        AluOperation.Or => "|=",
        AluOperation.And => "&=",
        AluOperation.ShiftLeft => "<<=",
        AluOperation.ShiftRight => ">>=",
        AluOperation.Modulo => "%=",
        AluOperation.Xor => "^=",
        AluOperation.Move => "=",
        AluOperation.ShiftRightSigned => "s>>=",
        _ => throw new UnreachableException(),
    };

    private static string Symbol(JumpOperation operation) => operation switch
    {
        JumpOperation.Equal => "==",
        JumpOperation.Greater => ">",
        JumpOperation.GreaterOrEqual => ">=",
        JumpOperation.AnyBit => "&",
        JumpOperation.NotEqual => "!=",
        JumpOperation.GreaterSigned => "s>",
        JumpOperation.GreaterOrEqualSigned => "s>=",
        JumpOperation.Less => "<",
        JumpOperation.LessOrEqual => "<=",
        JumpOperation.LessSigned => "s<",
        JumpOperation.LessOrEqualSigned => "s<=",
        _ => throw new UnreachableException(),
    };

    private static string R(Register register) => Invariant($"r{(int)register}");

    private static string W(Register register) => Invariant($"w{(int)register}");

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
