using System.Collections.Immutable;
using Netpol.Compiler.Bpf;
using Netpol.Compiler.Bpf.Functions;

namespace Netpol.Tests.Kernel.Bpf;

/// <summary>
/// Programs that the verifier takes and that say as much as possible of what an instruction does: numbers from the context and from
/// constants near the corners go through arithmetic, forward jumps, the stack, atomics and a call, and all that is left is folded into r0.
/// </summary>
internal sealed class RandomProgram(Random random)
{
    public const string Main = "main";

    private const string Inner = "inner";
    private const int StackWords = 6;
    private const int MaxJumps = 7;

    // The verifier of Linux 6.18 forgets, when it works out which numbers a pruned path depends on, that an atomic that fetches from the
    // stack also loads (backtrack_insn in kernel/bpf/verifier.c): it cuts branches that are taken. So such atomics have words of their
    // own, in which it knows no number.
    private static readonly ImmutableArray<int> FetchedWords = [StackWords + 1, StackWords + 2];

    /// <summary>Of struct __sk_buff, what BPF_PROG_TEST_RUN takes from its caller: mark, priority, cb.</summary>
    public static readonly ImmutableArray<int> ContextWords = [8, 32, 48, 52, 56, 60, 64];

    private static readonly ImmutableArray<ulong> Corners =
    [
        0, 1, 2, 31, 32, 63, 64, 0x7f, 0x80, 0xff, 0x7fff, 0xffff, 0x7fff_ffff, 0x8000_0000, 0xffff_ffff, 0x1_0000_0000,
        0x7fff_ffff_ffff_ffff, 0x8000_0000_0000_0000, 0xffff_ffff_8000_0000, ulong.MaxValue, ulong.MaxValue - 1,
    ];

    private static readonly ImmutableArray<Code> ByteOrders =
        [Code.ToLittleEndian16, Code.ToLittleEndian32, Code.ToLittleEndian64, Code.ToBigEndian16, Code.ToBigEndian32, Code.ToBigEndian64];

    private static readonly AtomicOperation[] Adding = [AtomicOperation.Add, AtomicOperation.Or, AtomicOperation.And, AtomicOperation.Xor];

    private readonly List<(int Left, Label Label)> _open = [];
    private int _jumps;

    public ImmutableArray<BpfFunction> Next() => random.Next(3) == 0 ? [MainFunction(true), InnerFunction()] : [MainFunction(false)];

    private BpfFunction MainFunction(bool calls)
    {
        FunctionAssembler assembler = new(Main);
        assembler.Emit(Instruction.Move(Register.R9, Register.R1));
        assembler.Emit(Instruction.LoadImmediate64(Register.R1, Value()));
        for (var register = Register.R0; register <= Register.R8; register++)
        {
            Fill(assembler, register);
        }

        FillFetched(assembler);
        FillStack(assembler);
        Body(assembler, random.Next(5, 40), fetches: true);
        if (calls)
        {
            assembler.CallFunction(Inner);
            foreach (var register in (Register[])[Register.R1, Register.R2, Register.R3, Register.R4, Register.R5])
            {
                assembler.Emit(Instruction.Constant(register, Value()));
            }

            Body(assembler, random.Next(1, 20), fetches: true);
        }

        Fold(assembler, StackWords + FetchedWords.Length);
        return assembler.ToFunction();
    }

    private BpfFunction InnerFunction()
    {
        FunctionAssembler assembler = new(Inner);
        foreach (var register in (Register[])[Register.R0, Register.R6, Register.R7, Register.R8, Register.R9])
        {
            assembler.Emit(Instruction.Constant(register, Value()));
        }

        FillStack(assembler);
        Body(assembler, random.Next(1, 20), fetches: false);
        Fold(assembler, StackWords);
        return assembler.ToFunction();
    }

    // r9 is the context as long as it is read from.
    private void Fill(FunctionAssembler assembler, Register register)
    {
        switch (random.Next(3))
        {
            case 0:
                assembler.Emit(Instruction.LoadImmediate64(register, Value()));
                break;
            case 1:
                assembler.Emit(Instruction.Load(MemorySize.Bits32, register, Register.R9, Word()));
                break;
            default:
                var other = register == Register.R0 ? Register.R1 : Register.R0;
                assembler.Emit(Instruction.Load(MemorySize.Bits32, other, Register.R9, Word()));
                assembler.Emit(Instruction.Load(MemorySize.Bits32, register, Register.R9, Word()));
                assembler.Emit(Instruction.Alu64(AluOperation.ShiftLeft, register, 32));
                assembler.Emit(Instruction.Alu64(AluOperation.Or, register, other));
                break;
        }
    }

    private void FillStack(FunctionAssembler assembler)
    {
        for (var word = 1; word <= StackWords; word++)
        {
            assembler.Emit(random.Next(2) == 0
                ? Instruction.Store(MemorySize.Bits64, Register.R10, (short)(-8 * word), (int)Value())
                : Instruction.Store(MemorySize.Bits64, Register.R10, (short)(-8 * word), Any()));
        }
    }

    // A byte from the context in each half makes the verifier know nothing of it.
    private void FillFetched(FunctionAssembler assembler)
    {
        foreach (var word in FetchedWords)
        {
            assembler.Emit(Instruction.Load(MemorySize.Bits32, Register.R0, Register.R9, Word()));
            assembler.Emit(Instruction.Store(MemorySize.Bits64, Register.R10, (short)(-8 * word), (int)Value()));
            assembler.Emit(Instruction.Store(MemorySize.Bits8, Register.R10, (short)(1 - (8 * word)), Register.R0));
            assembler.Emit(Instruction.Store(MemorySize.Bits8, Register.R10, (short)(6 - (8 * word)), Register.R0));
        }

        Fill(assembler, Register.R0);
        assembler.Emit(Instruction.LoadImmediate64(Register.R9, Value()));
    }

    private void Body(FunctionAssembler assembler, int length, bool fetches)
    {
        (_jumps, var mark) = (0, _open.Count);
        for (var n = 0; n < length; n++)
        {
            Close(assembler, n);
            if (random.Next(6) == 0 && _jumps++ < MaxJumps)
            {
                var label = assembler.NewLabel();
                assembler.EmitJump(Jump(), label);
                _open.Add((n + random.Next(1, 6), label));
            }
            else
            {
                var instruction = fetches && random.Next(8) == 0 ? Fetch() : Straight();
                assembler.Emit(instruction);
                if (instruction.Code == Code.AtomicCompareExchange32)
                {
                    // x86 leaves the upper half of r0 as it was where the values are equal, and Linux 6.18 clears it only if the path that
                    // it followed first reads it (opt_subreg_zext_lo32_rnd_hi32 in kernel/bpf/verifier.c).
                    assembler.Emit(Instruction.Alu32(AluOperation.Move, Register.R0, Register.R0));
                }
            }
        }

        Close(assembler, int.MaxValue);
        Assert.Equal(mark, _open.Count);
    }

    private void Close(FunctionAssembler assembler, int at)
    {
        foreach (var (_, label) in _open.Where(open => open.Left < at))
        {
            assembler.Mark(label);
        }

        _open.RemoveAll(open => open.Left < at);
    }

    private Instruction Jump()
    {
        var (operation, left, right) = (Pick(Enum.GetValues<JumpOperation>()), Any(), (int)Value());
        return random.Next(4) switch
        {
            0 => Instruction.JumpIf64(operation, left, right, 0),
            1 => Instruction.JumpIf32(operation, left, right, 0),
            2 => Instruction.JumpIf64(operation, left, Any(), 0),
            _ => Instruction.JumpIf32(operation, left, Any(), 0),
        };
    }

    private Instruction Straight() => random.Next(12) switch
    {
        0 => random.Next(2) == 0 ? Instruction.Negate64(Any()) : Instruction.Negate32(Any()),
        1 => Instruction.ByteOrder(Pick([.. ByteOrders]), Any()),
        2 => Stack((size, offset) => Instruction.Store(size, Register.R10, offset, Any())),
        3 => Stack((size, offset) => Instruction.Load(size, Any(), Register.R10, offset)),
        4 => Stack((size, offset) => Instruction.Store(size, Register.R10, offset, (int)Value())),
        5 => Stack((size, offset) => Instruction.Atomic(Pick(Adding), size, Register.R10, offset, Any()), MemorySize.Bits32, MemorySize.Bits64),
        < 9 => Register2(Pick(Enum.GetValues<AluOperation>())),
        _ => Immediate(Pick(Enum.GetValues<AluOperation>())),
    };

    private Instruction Fetch()
    {
        var (size, half) = random.Next(3) switch
        {
            0 => (MemorySize.Bits32, 0),
            1 => (MemorySize.Bits32, 4),
            _ => (MemorySize.Bits64, 0),
        };
        return Instruction.Atomic(Pick(Enum.GetValues<AtomicOperation>()), size, Register.R10, (short)(half - (8 * Pick([.. FetchedWords]))), Any());
    }

    private Instruction Register2(AluOperation operation) =>
        random.Next(2) == 0 ? Instruction.Alu64(operation, Any(), Any()) : Instruction.Alu32(operation, Any(), Any());

    // The verifier refuses division by a zero and shifts by a width that are written down.
    private Instruction Immediate(AluOperation operation)
    {
        var is64 = random.Next(2) == 0;
        var value = operation switch
        {
            AluOperation.ShiftLeft or AluOperation.ShiftRight or AluOperation.ShiftRightSigned => random.Next(is64 ? 64 : 32),
            AluOperation.Divide or AluOperation.Modulo => (int)Value() is not 0 and var divisor ? divisor : 3,
            _ => (int)Value(),
        };
        return is64 ? Instruction.Alu64(operation, Any(), value) : Instruction.Alu32(operation, Any(), value);
    }

    private Instruction Stack(Func<MemorySize, short, Instruction> access, params MemorySize[] sizes)
    {
        var size = Pick(sizes.Length > 0 ? sizes : Enum.GetValues<MemorySize>());
        var slots = 8 * StackWords / size.Bytes();
        return access(size, (short)(-size.Bytes() * random.Next(1, slots + 1)));
    }

    private static void Fold(FunctionAssembler assembler, int words)
    {
        for (var register = Register.R1; register <= Register.R9; register++)
        {
            assembler.Emit(Instruction.Alu64(AluOperation.Multiply, Register.R0, 31));
            assembler.Emit(Instruction.Alu64(AluOperation.Xor, Register.R0, register));
        }

        for (var word = 1; word <= words; word++)
        {
            assembler.Emit(Instruction.Load(MemorySize.Bits64, Register.R1, Register.R10, (short)(-8 * word)));
            assembler.Emit(Instruction.Alu64(AluOperation.Multiply, Register.R0, 31));
            assembler.Emit(Instruction.Alu64(AluOperation.Xor, Register.R0, Register.R1));
        }

        assembler.Emit(Instruction.Move(Register.R1, Register.R0));
        assembler.Emit(Instruction.Alu64(AluOperation.ShiftRight, Register.R1, 32));
        assembler.Emit(Instruction.Alu32(AluOperation.Xor, Register.R0, Register.R1));
        assembler.Emit(Instruction.Exit());
    }

    private ulong Value() => random.Next(3) == 0 ? (ulong)random.NextInt64() >> random.Next(64) : Pick([.. Corners]);

    private short Word() => (short)Pick([.. ContextWords]);

    private Register Any() => (Register)random.Next(10);

    private T Pick<T>(T[] values) => values[random.Next(values.Length)];
}
