using Netpol.Compiler.Bpf;

namespace Netpol.Tests.Unit.Compiler.Bpf;

public sealed class InstructionTests
{
    private const Register A = Register.R3;
    private const Register B = Register.R9;

    public static TheoryData<Code, string, string> Table
    {
        get
        {
            TheoryData<Code, string, string> data = [];
            foreach (var (code, bytes, text) in InstructionTable.Rows)
            {
                data.Add(code, bytes, text);
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Table))]
    public void An_instruction_is_read_from_its_bytes_printed_and_written_back(Code code, string bytes, string text)
    {
        Assert.True(InstructionCodec.TryDecode(Convert.FromHexString(bytes), out var instructions));

        var instruction = Assert.Single(instructions);
        Assert.Equal((code, text), (instruction.Code, instruction.ToString()));
        Assert.Equal(bytes, Convert.ToHexStringLower(InstructionCodec.Encode(instructions)));
    }

    [Fact]
    public void The_table_has_every_code_once() =>
        Assert.Equal(Enum.GetValues<Code>().Order(), InstructionTable.Rows.Select(row => row.Code).Order());

    [Fact]
    public void Every_arithmetic_and_every_jump_can_be_made()
    {
        foreach (var operation in Enum.GetValues<AluOperation>())
        {
            Assert.Equal($"{operation}64Immediate", Instruction.Alu64(operation, A, 1).Code.ToString());
            Assert.Equal($"{operation}64Register", Instruction.Alu64(operation, A, B).Code.ToString());
            Assert.Equal($"{operation}32Immediate", Instruction.Alu32(operation, A, 1).Code.ToString());
            Assert.Equal($"{operation}32Register", Instruction.Alu32(operation, A, B).Code.ToString());
        }

        foreach (var operation in Enum.GetValues<JumpOperation>())
        {
            Assert.Equal($"JumpIf{operation}64Immediate", Instruction.JumpIf64(operation, A, 1, 0).Code.ToString());
            Assert.Equal($"JumpIf{operation}64Register", Instruction.JumpIf64(operation, A, B, 0).Code.ToString());
            Assert.Equal($"JumpIf{operation}32Immediate", Instruction.JumpIf32(operation, A, 1, 0).Code.ToString());
            Assert.Equal($"JumpIf{operation}32Register", Instruction.JumpIf32(operation, A, B, 0).Code.ToString());
        }
    }

    [Fact]
    public void Every_access_to_memory_can_be_made()
    {
        foreach (var size in Enum.GetValues<MemorySize>())
        {
            var bits = 8 * size.Bytes();
            Assert.Equal($"r3 = *(u{bits} *)(r9 -2)", Instruction.Load(size, A, B, -2).ToString());
            Assert.Equal($"*(u{bits} *)(r3 -2) = r9", Instruction.Store(size, A, -2, B).ToString());
            Assert.Equal($"*(u{bits} *)(r3 -2) = 7", Instruction.Store(size, A, -2, 7).ToString());
        }

        foreach (var operation in Enum.GetValues<AtomicOperation>())
        {
            Assert.Equal($"Atomic{operation}32", Instruction.Atomic(operation, MemorySize.Bits32, A, 0, B).Code.ToString());
            Assert.Equal($"Atomic{operation}64", Instruction.Atomic(operation, MemorySize.Bits64, A, 0, B).Code.ToString());
        }

        Assert.Throws<InvalidOperationException>(() => Instruction.Atomic(AtomicOperation.Add, MemorySize.Bits8, A, 0, B));
    }

    [Theory]
    [InlineData(0UL, "r3 = 0")]
    [InlineData(ulong.MaxValue, "r3 = -1")]
    [InlineData(0x7fff_ffffUL, "r3 = 2147483647")]
    [InlineData(0x8000_0000UL, "w3 = -2147483648")]
    [InlineData(0xffff_ffffUL, "w3 = -1")]
    [InlineData(0x1_0000_0000UL, "r3 = 0x100000000")]
    [InlineData(0xffff_ffff_8000_0000UL, "r3 = -2147483648")]
    [InlineData(0xffff_ffff_7fff_ffffUL, "r3 = 0xffffffff7fffffff")]
    public void A_constant_takes_the_shortest_instruction(ulong value, string text) =>
        Assert.Equal(text, Instruction.Constant(A, value).ToString());

    [Theory]
    [InlineData("07030000")]
    [InlineData("0703000001000000ff")]
    [InlineData("1801000000000000")]
    [InlineData("18010000000000000100000000000000")]
    [InlineData("1871000000000000" + "0000000000000000")]
    [InlineData("8d00000000000000")]
    [InlineData("0f13000001000000")]
    [InlineData("070b000001000000")]
    [InlineData("9500000001000000")]
    [InlineData("9501000000000000")]
    [InlineData("85010000" + "00000000")]
    [InlineData("d402000008000000")]
    [InlineData("db21080002000000")]
    [InlineData("db21080000010000")]
    public void What_is_no_instruction_is_refused(string bytes)
    {
        Assert.False(InstructionCodec.TryDecode(Convert.FromHexString(bytes), out var instructions));
        Assert.Empty(instructions);
    }

    [Fact]
    public void Helpers_have_the_names_and_numbers_of_the_kernel()
    {
        Assert.Equal("call bpf_redirect_peer#155", Instruction.CallHelper(Helper.RedirectPeer).ToString());
        Assert.Equal("call helper#4711", Instruction.CallHelper((Helper)4711).ToString());
        Assert.All(Enum.GetValues<Helper>(), helper =>
            Assert.Equal(helper == Helper.None ? "unspec" : SnakeCase(helper.ToString()), Helpers.Name(helper)));
    }

    private static string SnakeCase(string name) =>
        string.Concat(name.Select((c, at) => at > 0 && char.IsUpper(c) ? "_" + char.ToLowerInvariant(c) : char.ToLowerInvariant(c).ToString()));
}
