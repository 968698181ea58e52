using System.Diagnostics;
using Netpol.Compiler.Bpf;
using Netpol.Compiler.Bpf.Functions;
using Netpol.Compiler.Bpf.Interpretation;
using Xunit.Abstractions;

namespace Netpol.Tests.Unit.Compiler.Bpf;

public sealed class MachineTests(ITestOutputHelper output)
{
    private const Register R0 = Register.R0;
    private const Register R1 = Register.R1;
    private const Register R2 = Register.R2;
    private const Register R6 = Register.R6;
    private const Register R10 = Register.R10;

    /// <summary>RFC 9669, section 4: the corners, each from r0 = first and r1 = second.</summary>
    [Theory]
    [InlineData(AluOperation.Add, false, ulong.MaxValue, 2, 1)]
    [InlineData(AluOperation.Add, true, 0xffff_ffff_ffff_ffff, 2, 1)]
    [InlineData(AluOperation.Subtract, true, 1, 2, 0xffff_ffff)]
    [InlineData(AluOperation.Multiply, false, 1UL << 63, 3, 1UL << 63)]
    [InlineData(AluOperation.Divide, false, 7, 0, 0)]
    [InlineData(AluOperation.Divide, true, 0x5_0000_0007, 0x1_0000_0000, 0)]
    [InlineData(AluOperation.Divide, false, ulong.MaxValue, 2, ulong.MaxValue / 2)]
    [InlineData(AluOperation.Modulo, false, 0x5_0000_0007, 0, 0x5_0000_0007)]
    [InlineData(AluOperation.Modulo, true, 0x5_0000_0007, 0, 7)]
    [InlineData(AluOperation.ShiftLeft, false, 1, 65, 2)]
    [InlineData(AluOperation.ShiftLeft, true, 1, 33, 2)]
    [InlineData(AluOperation.ShiftRight, true, 0xf_8000_0000, 31, 1)]
    [InlineData(AluOperation.ShiftRightSigned, false, 1UL << 63, 63, ulong.MaxValue)]
    [InlineData(AluOperation.ShiftRightSigned, true, 0x8000_0000, 31, 0xffff_ffff)]
    [InlineData(AluOperation.Move, true, 0, ulong.MaxValue, 0xffff_ffff)]
    [InlineData(AluOperation.Xor, true, ulong.MaxValue, 1, 0xffff_fffe)]
    public void Arithmetic_on_registers(AluOperation operation, bool is32, ulong first, ulong second, ulong expected) => Assert.Equal(expected, Answer(
        Instruction.LoadImmediate64(R0, first),
        Instruction.LoadImmediate64(R1, second),
        is32 ? Instruction.Alu32(operation, R0, R1) : Instruction.Alu64(operation, R0, R1),
        Instruction.Exit()));

    [Theory]
    [InlineData(AluOperation.And, false, 0x1234_5678_9abc_def0, -16, 0x1234_5678_9abc_def0)]
    [InlineData(AluOperation.And, true, 0x1234_5678_9abc_def0, -16, 0x9abc_def0)]
    [InlineData(AluOperation.Divide, false, 5, -1, 0)]
    [InlineData(AluOperation.Move, false, 0, -1, ulong.MaxValue)]
    [InlineData(AluOperation.Move, true, 0, -1, 0xffff_ffff)]
    public void Immediates_are_extended_with_their_sign(AluOperation operation, bool is32, ulong first, int second, ulong expected) => Assert.Equal(expected, Answer(
        Instruction.LoadImmediate64(R0, first),
        is32 ? Instruction.Alu32(operation, R0, second) : Instruction.Alu64(operation, R0, second),
        Instruction.Exit()));

    [Theory]
    [InlineData(Code.ToBigEndian16, 0xf0de)]
    [InlineData(Code.ToBigEndian32, 0xf0de_bc9a)]
    [InlineData(Code.ToBigEndian64, 0xf0de_bc9a_7856_3412)]
    [InlineData(Code.ToLittleEndian16, 0xdef0)]
    [InlineData(Code.ToLittleEndian32, 0x9abc_def0)]
    [InlineData(Code.ToLittleEndian64, 0x1234_5678_9abc_def0)]
    public void Byte_orders(Code code, ulong expected) => Assert.Equal(expected, Answer(
        Instruction.LoadImmediate64(R0, 0x1234_5678_9abc_def0), Instruction.ByteOrder(code, R0), Instruction.Exit()));

    [Theory]
    [InlineData(JumpOperation.Greater, false, ulong.MaxValue, 1, true)]
    [InlineData(JumpOperation.GreaterSigned, false, ulong.MaxValue, 1, false)]
    [InlineData(JumpOperation.Greater, true, 0x1_0000_0000, 1, false)]
    [InlineData(JumpOperation.LessSigned, true, 0x8000_0000, 0, true)]
    [InlineData(JumpOperation.LessSigned, false, 0x8000_0000, 0, false)]
    [InlineData(JumpOperation.AnyBit, false, 6, 2, true)]
    [InlineData(JumpOperation.AnyBit, false, 6, 1, false)]
    [InlineData(JumpOperation.Equal, true, 0x1_0000_0005, 5, true)]
    [InlineData(JumpOperation.NotEqual, false, 0x1_0000_0005, 5, true)]
    [InlineData(JumpOperation.GreaterOrEqual, false, ulong.MaxValue, -1, true)]
    public void Comparisons(JumpOperation operation, bool is32, ulong left, int right, bool jumps) => Assert.Equal(jumps ? 1UL : 0, Answer(
        Instruction.LoadImmediate64(R1, left),
        Instruction.Move(R0, 1),
        is32 ? Instruction.JumpIf32(operation, R1, right, 1) : Instruction.JumpIf64(operation, R1, right, 1),
        Instruction.Move(R0, 0),
        Instruction.Exit()));

    [Fact]
    public void Atomics_leave_the_old_value_where_they_say() => Assert.Equal(0x0000_0005_0000_0007UL, Answer(
        Instruction.Store(MemorySize.Bits64, R10, -8, 5),
        Instruction.Move(R1, 2),
        Instruction.Atomic(AtomicOperation.FetchAdd, MemorySize.Bits64, R10, -8, R1),
        Instruction.Move(R0, 7),
        Instruction.Move(R2, 99),
        Instruction.Atomic(AtomicOperation.CompareExchange, MemorySize.Bits32, R10, -8, R2),
        Instruction.Load(MemorySize.Bits64, R2, R10, -8),
        Instruction.JumpIf64(JumpOperation.NotEqual, R2, 99, 2),
        Instruction.Alu64(AluOperation.ShiftLeft, R1, 32),
        Instruction.Alu64(AluOperation.Or, R0, R1),
        Instruction.Exit()));

    [Fact]
    public void A_call_keeps_r6_to_r9_and_has_a_frame_of_its_own()
    {
        FunctionAssembler outer = new("outer");
        outer.Emit(Instruction.Move(R6, 40));
        outer.Emit(Instruction.Store(MemorySize.Bits64, R10, -8, 1));
        outer.CallFunction("inner");
        outer.Emit(Instruction.Alu64(AluOperation.Add, R0, R6));
        outer.Emit(Instruction.Load(MemorySize.Bits64, R1, R10, -8));
        outer.Emit(Instruction.Alu64(AluOperation.Add, R0, R1));
        outer.Emit(Instruction.Exit());
        FunctionAssembler inner = new("inner");
        inner.Emit(Instruction.Move(R6, 1000));
        inner.Emit(Instruction.Store(MemorySize.Bits64, R10, -8, 1000));
        inner.Emit(Instruction.Load(MemorySize.Bits8, R0, R1, 2));
        inner.Emit(Instruction.Exit());

        var program = MachineProgram.Link([outer.ToFunction(), inner.ToFunction()]);
        var result = new Machine(program, MapHelpers.Table).Run(program.EntryOf("outer"), [0, 0, 7]);

        Assert.Equal((FaultKind.None, 48UL), (result.Fault, result.Answer));
    }

    [Fact]
    public void Maps_are_looked_up_and_their_values_are_memory()
    {
        ArrayMap classes = new("classes", 16, 4);
        HashMap names = new("names", 4, 8, 10);
        classes[3][8] = 5;
        names.Set([9, 0, 0, 0], [30, 0, 0, 0, 0, 0, 0, 0]);
        var program = MachineProgram.Link([Lookup("array", "classes", 8), Lookup("hash", "names", 0)], classes, names);
        Machine machine = new(program, MapHelpers.Table);

        Assert.Equal(5UL, machine.Run(program.EntryOf("array"), [3, 0, 0, 0]).Answer);
        Assert.Equal(99UL, machine.Run(program.EntryOf("array"), [4, 0, 0, 0]).Answer);
        Assert.Equal(30UL, machine.Run(program.EntryOf("hash"), [9, 0, 0, 0]).Answer);
        Assert.Equal(99UL, machine.Run(program.EntryOf("hash"), [8, 0, 0, 0]).Answer);
        Assert.Equal(FaultKind.BadArgument, machine.Run(program.EntryOf("hash"), [8, 0, 0]).Fault);
    }

    [Theory]
    [InlineData(0, 4, true)]
    [InlineData(8, 4, true)]
    [InlineData(9, 4, false)]
    [InlineData(-1, 1, false)]
    [InlineData(12, 1, false)]
    public void An_access_outside_the_input_is_a_fault(short offset, int size, bool isIn)
    {
        var result = Run([Instruction.Load(size == 4 ? MemorySize.Bits32 : MemorySize.Bits8, R0, R1, offset), Instruction.Exit()], new byte[12]);

        Assert.Equal(isIn ? FaultKind.None : FaultKind.BadAddress, result.Fault);
    }

    [Theory]
    [InlineData(-512, 0)]
    [InlineData(-513, 1)]
    [InlineData(-7, 1)]
    [InlineData(-8, 0)]
    [InlineData(0, 1)]
    public void An_access_outside_the_frame_is_a_fault_at_its_instruction(short offset, int expected)
    {
        var result = Run([Instruction.Move(R0, 0), Instruction.Store(MemorySize.Bits64, R10, offset, 1), Instruction.Exit()], []);

        Assert.Equal(expected == 0 ? (FaultKind.None, 2) : (FaultKind.BadAddress, 1), (result.Fault, result.Instruction));
    }

    [Fact]
    public void A_value_of_a_map_ends_where_the_next_begins()
    {
        ArrayMap map = new("map", 4, 8);
        var program = MachineProgram.Link([Lookup("over", "map", 0)], map);

        // Lookup reads eight bytes; a value has four.
        var result = new Machine(program, MapHelpers.Table).Run(program.EntryOf("over"), [1, 0, 0, 0]);

        Assert.Equal(FaultKind.BadAddress, result.Fault);
        Assert.Equal(new CodePlace("over", 7), program.PlaceOf(result.Instruction));
    }

    [Fact]
    public void Constants_are_not_written_to()
    {
        ArrayMap constants = new(".rodata", 8, 1, isReadOnly: true);
        FunctionAssembler assembler = new("write");
        assembler.LoadMapValue(R1, ".rodata", 4);
        assembler.Emit(Instruction.Load(MemorySize.Bits32, R0, R1, 0));
        assembler.Emit(Instruction.Store(MemorySize.Bits32, R1, 0, 1));
        assembler.Emit(Instruction.Exit());
        var program = MachineProgram.Link([assembler.ToFunction()], constants);

        var result = new Machine(program, MapHelpers.Table).Run(program.EntryOf("write"), []);

        Assert.Equal((FaultKind.ReadOnly, 2), (result.Fault, result.Instruction));
    }

    [Fact]
    public void Endless_loops_endless_calls_and_unknown_helpers_are_faults()
    {
        Assert.Equal(FaultKind.TooManySteps, Run([Instruction.Jump(-1), Instruction.Exit()], []).Fault);
        Assert.Equal(FaultKind.UnknownHelper, Run([Instruction.CallHelper(Helper.Redirect), Instruction.Exit()], []).Fault);
        Assert.Equal(FaultKind.BadAddress, Run([Instruction.Move(R1, 0), Instruction.Load(MemorySize.Bits8, R0, R1, 0), Instruction.Exit()], [1]).Fault);

        FunctionAssembler endless = new("endless");
        endless.CallFunction("endless");
        endless.Emit(Instruction.Exit());
        var program = MachineProgram.Link([endless.ToFunction()]);
        Assert.Equal(FaultKind.TooManyFrames, new Machine(program, MapHelpers.Table).Run(program.EntryOf("endless"), []).Fault);
    }

    [Fact]
    public void Linking_refuses_what_is_not_there()
    {
        FunctionAssembler caller = new("caller");
        caller.CallFunction("nobody");
        caller.Emit(Instruction.Exit());
        Assert.Throws<InvalidOperationException>(() => MachineProgram.Link([caller.ToFunction()]));
        Assert.Throws<InvalidOperationException>(() => MachineProgram.Link([Lookup("array", "classes", 0)]));
    }

    /// <summary>Ten times slower than measured, so that a busy machine is no failure; what the backend's tests need is 30 million.</summary>
    [Fact]
    public void A_run_allocates_nothing_and_is_fast()
    {
        FunctionAssembler assembler = new("spin");
        var top = assembler.NewLabel();
        assembler.Emit(Instruction.Move(R6, 100_000));
        assembler.Emit(Instruction.Move(R0, 0));
        assembler.Mark(top);
        assembler.Emit(Instruction.Load(MemorySize.Bits64, R2, R1, 8));
        assembler.Emit(Instruction.Alu64(AluOperation.And, R2, 0x7ff));
        assembler.Emit(Instruction.Alu64(AluOperation.Add, R0, R2));
        assembler.Emit(Instruction.Load(MemorySize.Bits16, R2, R1, 4));
        assembler.JumpIf(JumpOperation.Greater, R2, 80, top);
        assembler.Emit(Instruction.Alu64(AluOperation.Add, R6, -1));
        assembler.JumpIf(JumpOperation.NotEqual, R6, 0, top);
        assembler.Emit(Instruction.Exit());
        var program = MachineProgram.Link([assembler.ToFunction()]);
        Machine machine = new(program, MapHelpers.Table);
        var input = new byte[16];
        machine.Run(program.EntryOf("spin"), input);
        machine.Run(program.EntryOf("spin"), input);

        var (best, allocated) = (0.0, GC.GetAllocatedBytesForCurrentThread());
        for (var n = 0; n < 20; n++)
        {
            var start = Stopwatch.GetTimestamp();
            var result = machine.Run(program.EntryOf("spin"), input);
            best = Math.Max(best, result.Steps / Stopwatch.GetElapsedTime(start).TotalSeconds);
        }

        Assert.Equal(allocated, GC.GetAllocatedBytesForCurrentThread());
        output.WriteLine($"{best / 1e6:0} million instructions a second");
        Assert.True(best > 30e6, $"{best / 1e6:0} million instructions a second");
    }

    private static BpfFunction Lookup(string name, string map, short offset)
    {
        FunctionAssembler assembler = new(name);
        var missing = assembler.NewLabel();
        assembler.Emit(Instruction.Move(R2, R1));
        assembler.LoadMap(R1, map);
        assembler.Emit(Instruction.CallHelper(Helper.MapLookupElem));
        assembler.JumpIf(JumpOperation.Equal, R0, 0, missing);
        assembler.Emit(Instruction.Move(R6, R0));
        assembler.Emit(Instruction.Move(R0, 1));
        assembler.Emit(Instruction.Load(MemorySize.Bits64, R0, R6, offset));
        assembler.Emit(Instruction.Exit());
        assembler.Mark(missing);
        assembler.Emit(Instruction.Move(R0, 99));
        assembler.Emit(Instruction.Exit());
        return assembler.ToFunction();
    }

    private static ulong Answer(params Instruction[] instructions)
    {
        var result = Run(instructions, []);
        Assert.Equal(FaultKind.None, result.Fault);
        return result.Answer;
    }

    private static RunResult Run(Instruction[] instructions, byte[] input)
    {
        var program = MachineProgram.Link([new BpfFunction("main", [.. instructions], [], [])]);
        return new Machine(program, MapHelpers.Table).Run(program.EntryOf("main"), input);
    }
}
