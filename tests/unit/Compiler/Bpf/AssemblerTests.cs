using Netpol.Compiler.Bpf;
using Netpol.Compiler.Bpf.Functions;
using Netpol.Tests.Support;

namespace Netpol.Tests.Unit.Compiler.Bpf;

public sealed class AssemblerTests
{
    [Fact]
    public void A_listing_shows_source_lines_maps_functions_and_slots()
    {
        FunctionAssembler assembler = new("egress_verdict");
        var (found, end) = (assembler.NewLabel(), assembler.NewLabel());
        SourcePosition policy = new("shop.netpol", 7, 1, "policy api for api {");
        SourcePosition rule = new("shop.netpol", 9, 15, "    egress  { allow to db on 5432/tcp }");
        assembler.At(policy);
        assembler.JumpIf(JumpOperation.NotEqual, Register.R1, 0, found);
        assembler.Emit(Instruction.Constant(Register.R0, 0x1_0000_0001));
        assembler.Emit(Instruction.Exit());
        assembler.Mark(found);
        assembler.At(rule);
        assembler.Emit(Instruction.Move(Register.R6, Register.R1));
        assembler.LoadMap(Register.R1, "class_members");
        assembler.LoadMapValue(Register.R2, ".rodata", 16);
        assembler.Emit(Instruction.CallHelper(Helper.MapLookupElem));
        assembler.EmitJump(Instruction.JumpIf32(JumpOperation.Equal, Register.R0, 0, 0), end);
        assembler.CallFunction("egress_deny_1");
        assembler.Mark(end);
        assembler.At(policy);
        assembler.Emit(Instruction.Exit());

        Verifier.Verify(FunctionListing.Print(assembler.ToFunction()), "txt");
    }

    [Fact]
    public void Jumps_go_both_ways_and_count_slots()
    {
        FunctionAssembler assembler = new("loop");
        var (top, bottom) = (assembler.NewLabel(), assembler.NewLabel());
        assembler.Mark(top);
        assembler.Emit(Instruction.LoadImmediate64(Register.R0, 1));
        assembler.JumpIf(JumpOperation.Equal, Register.R0, Register.R2, bottom);
        assembler.Emit(Instruction.LoadImmediate64(Register.R0, 2));
        assembler.Jump(top);
        assembler.Mark(bottom);
        assembler.Emit(Instruction.Exit());

        var function = assembler.ToFunction();

        Assert.Equal([0, 3, 0, -6, 0], function.Instructions.Select(instruction => (int)instruction.Offset));
        Assert.Equal(7, function.Slots);
        Assert.Equal([0, 2, 3, 5, 6, 7], function.SlotOfInstruction().AsEnumerable());
    }

    [Theory]
    [InlineData(short.MaxValue, true)]
    [InlineData(short.MaxValue + 1, false)]
    public void A_jump_reaches_as_far_as_its_offset(int between, bool reaches)
    {
        FunctionAssembler assembler = new("far");
        var end = assembler.NewLabel();
        assembler.JumpIf(JumpOperation.Equal, Register.R1, 0, end);
        for (var n = 0; n < between; n++)
        {
            assembler.Emit(Instruction.Move(Register.R0, 0));
        }

        assembler.Mark(end);
        assembler.Emit(Instruction.Exit());

        if (reaches)
        {
            Assert.Equal(short.MaxValue, assembler.ToFunction().Instructions[0].Offset);
        }
        else
        {
            Assert.Contains("cannot reach", Assert.Throws<InvalidOperationException>(assembler.ToFunction).Message);
        }
    }

    [Fact]
    public void Broken_promises_are_errors()
    {
        FunctionAssembler open = new("open");
        open.Emit(Instruction.Move(Register.R0, 0));
        Assert.Throws<InvalidOperationException>(open.ToFunction);

        FunctionAssembler unmarked = new("unmarked");
        unmarked.Jump(unmarked.NewLabel());
        Assert.Throws<InvalidOperationException>(unmarked.ToFunction);

        FunctionAssembler twice = new("twice");
        var label = twice.NewLabel();
        twice.Mark(label);
        Assert.Throws<InvalidOperationException>(() => twice.Mark(label));

        FunctionAssembler late = new("late");
        late.Emit(Instruction.Move(Register.R0, 0));
        late.At(new SourcePosition("a.netpol", 1, 1, "x"));
        late.Emit(Instruction.Exit());
        Assert.Throws<InvalidOperationException>(late.ToFunction);
    }
}
