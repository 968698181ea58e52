using Netpol.Compiler.Bpf;
using Netpol.Compiler.Bpf.Functions;
using Netpol.Compiler.Certification;

namespace Netpol.Tests.Unit.Compiler.Certification;

public sealed class FunctionCostTests
{
    private static readonly Instruction Nothing = Instruction.Move(Register.R0, 0);

    [Fact]
    public void Of_two_branches_the_longer_counts()
    {
        var cost = Of(code =>
        {
            var (other, end) = (code.NewLabel(), code.NewLabel());
            code.JumpIf(JumpOperation.Equal, Register.R1, 0, other);
            Repeat(code, 3);
            code.Jump(end);
            code.Mark(other);
            Repeat(code, 10);
            code.Mark(end);
            code.Emit(Instruction.Exit());
        });

        Assert.Equal(1 + 10 + 1, cost.Paths.ToExit);
    }

    [Fact]
    public void A_64_bit_immediate_is_one_instruction()
    {
        var cost = Of(code =>
        {
            code.Emit(Instruction.LoadImmediate64(Register.R0, 1UL << 40));
            code.Emit(Instruction.Exit());
        });

        Assert.Equal(2, cost.Paths.ToExit);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(16)]
    public void A_loop_runs_as_often_as_its_counter_says(int rounds)
    {
        var cost = Of(code =>
        {
            code.Emit(Instruction.Move(Register.R6, rounds));
            var top = code.NewLabel();
            code.Mark(top);
            Repeat(code, 5);
            code.Emit(Instruction.Alu32(AluOperation.Add, Register.R6, -1));
            code.JumpIf(JumpOperation.NotEqual, Register.R6, 0, top);
            code.Emit(Instruction.Exit());
        });

        Assert.Equal(1 + (rounds * 7) + 1, cost.Paths.ToExit);
    }

    [Fact]
    public void A_loop_in_a_loop_runs_as_often_as_both_say()
    {
        var cost = Of(code =>
        {
            code.Emit(Instruction.Move(Register.R6, 3));
            var outer = code.NewLabel();
            code.Mark(outer);
            code.Emit(Instruction.Move(Register.R7, 0));
            var inner = code.NewLabel();
            code.Mark(inner);
            code.Emit(Instruction.Alu64(AluOperation.Add, Register.R7, 1));
            code.JumpIf(JumpOperation.Less, Register.R7, 4, inner);
            code.Emit(Instruction.Alu64(AluOperation.Add, Register.R6, -1));
            code.JumpIf(JumpOperation.NotEqual, Register.R6, 0, outer);
            code.Emit(Instruction.Exit());
        });

        Assert.Equal(1 + (3 * (1 + (4 * 2) + 2)) + 1, cost.Paths.ToExit);
    }

    [Fact]
    public void A_counter_may_stand_on_the_stack_across_calls()
    {
        var cost = Of(code => CountOnStack(code, pointer: -8));

        Assert.Equal((3 + (5 * 6) + 1, 16), (cost.Paths.ToExit, cost.Frame.Bytes));
    }

    [Fact]
    public void A_counter_that_a_helper_may_write_ends_no_loop() =>
        Refuses("a loop is not seen to end", code => CountOnStack(code, pointer: -16));

    [Fact]
    public void A_loop_that_a_packet_may_keep_going_is_refused() => Refuses("a loop is not seen to end", code =>
    {
        var top = code.NewLabel();
        code.Mark(top);
        code.Emit(Instruction.Load(MemorySize.Bits32, Register.R0, Register.R1, 0));
        code.JumpIf(JumpOperation.NotEqual, Register.R0, 0, top);
        code.Emit(Instruction.Exit());
    });

    [Fact]
    public void A_loop_that_counts_past_its_end_is_refused() => Refuses("a loop is not seen to end", code =>
    {
        code.Emit(Instruction.Move(Register.R6, 3));
        var top = code.NewLabel();
        code.Mark(top);
        code.Emit(Instruction.Alu64(AluOperation.Add, Register.R6, -2));
        code.JumpIf(JumpOperation.NotEqual, Register.R6, 0, top);
        code.Emit(Instruction.Exit());
    });

    [Fact]
    public void A_jump_beside_the_function_is_refused() => Refuses("a jump goes to where no instruction is", code =>
    {
        code.Emit(Instruction.Jump(7));
        code.Emit(Instruction.Exit());
    });

    [Fact]
    public void Code_that_does_not_end_is_refused() => Assert.Equal(
        "it runs on beyond its end", Assert.Throws<UncertifiedException>(() => Costs(new BpfFunction("program", [Nothing], [], [])).Of("program")).Message);

    [Fact]
    public void What_is_called_counts_with_its_instructions_and_its_frame()
    {
        FunctionAssembler caller = new("program"), callee = new("callee");
        caller.Emit(Instruction.Store(MemorySize.Bits64, Register.R10, -24, 0));
        caller.CallFunction("callee");
        caller.Emit(Instruction.Exit());
        callee.Emit(Instruction.Store(MemorySize.Bits8, Register.R10, -33, 0));
        Repeat(callee, 8);
        callee.Emit(Instruction.Exit());

        var cost = Costs(caller.ToFunction(), callee.ToFunction()).Of("program");

        Assert.Equal((3 + 10, 24 + 40, 32 + 64, 2), (cost.Paths.ToExit, cost.StackBytes, cost.RoundedStackBytes, cost.Frames));
    }

    [Fact]
    public void A_function_that_calls_itself_is_refused()
    {
        FunctionAssembler code = new("program");
        code.CallFunction("program");
        code.Emit(Instruction.Exit());

        Assert.Equal("it calls itself", Assert.Throws<UncertifiedException>(() => Costs(code.ToFunction()).Of("program")).Message);
    }

    [Fact]
    public void The_deepest_place_of_a_frame_counts_whoever_reaches_it()
    {
        var cost = Of(code =>
        {
            code.Emit(Instruction.Move(Register.R2, Register.R10));
            code.Emit(Instruction.Alu64(AluOperation.Add, Register.R2, -96));
            code.Emit(Instruction.Store(MemorySize.Bits64, Register.R10, -8, 0));
            code.Emit(Instruction.CallHelper(Helper.MapLookupElem));
            code.Emit(Instruction.Exit());
        });

        Assert.Equal(new FrameUse(96, -96), cost.Frame);
    }

    [Fact]
    public void A_tail_call_goes_to_the_index_that_each_branch_gives_it()
    {
        var cost = Of(code =>
        {
            var (other, call) = (code.NewLabel(), code.NewLabel());
            code.JumpIf(JumpOperation.Equal, Register.R1, 0, other);
            code.Emit(Instruction.Move(Register.R3, 5));
            code.Jump(call);
            code.Mark(other);
            Repeat(code, 4);
            code.Emit(Instruction.Move(Register.R3, 2));
            code.Mark(call);
            code.LoadMap(Register.R2, "programs");
            code.Emit(Instruction.CallHelper(Helper.TailCall));
            code.Emit(Instruction.Exit());
        });

        Assert.Equal(2, cost.Paths.ToTailCalls.Count);
        Assert.Equal(5, cost.Paths.ToTailCalls[new TailCall("programs", 5)]);
        Assert.Equal(8, cost.Paths.ToTailCalls[new TailCall("programs", 2)]);
        Assert.Equal(9, cost.Paths.ToExit);
    }

    /// <summary>Five rounds; the counter is at -16.</summary>
    private static void CountOnStack(FunctionAssembler code, short pointer)
    {
        code.Emit(Instruction.Move(Register.R6, Register.R10));
        code.Emit(Instruction.Alu64(AluOperation.Add, Register.R6, pointer));
        code.Emit(Instruction.Store(MemorySize.Bits32, Register.R10, -16, 5));
        var top = code.NewLabel();
        code.Mark(top);
        code.Emit(Instruction.Move(Register.R2, Register.R6));
        code.Emit(Instruction.CallHelper(Helper.MapLookupElem));
        code.Emit(Instruction.Load(MemorySize.Bits32, Register.R7, Register.R10, -16));
        code.Emit(Instruction.Alu32(AluOperation.Add, Register.R7, -1));
        code.Emit(Instruction.Store(MemorySize.Bits32, Register.R10, -16, Register.R7));
        code.JumpIf(JumpOperation.NotEqual, Register.R7, 0, top);
        code.Emit(Instruction.Exit());
    }

    private static void Repeat(FunctionAssembler code, int count)
    {
        for (var i = 0; i < count; i++)
        {
            code.Emit(Nothing);
        }
    }

    private static FunctionCosts Costs(params BpfFunction[] functions) => new(functions.ToDictionary(function => function.Name));

    private static FunctionCost Of(Action<FunctionAssembler> write)
    {
        FunctionAssembler code = new("program");
        write(code);
        return Costs(code.ToFunction()).Of("program");
    }

    private static void Refuses(string problem, Action<FunctionAssembler> write) =>
        Assert.Equal(problem, Assert.Throws<UncertifiedException>(() => Of(write)).Message);
}
