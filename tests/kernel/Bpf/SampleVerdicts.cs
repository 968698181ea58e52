using Netpol.Compiler.Bpf;
using Netpol.Compiler.Bpf.Btf;
using Netpol.Compiler.Bpf.Functions;
using Netpol.Compiler.Bpf.Objects;

namespace Netpol.Tests.Kernel.Bpf;

/// <summary>Verdicts in place of those of library.bpf.c, made without clang.</summary>
internal static class SampleVerdicts
{
    public const int Classes = 8;

    /// <summary>Offsets in struct policy_input.</summary>
    private const short Self = 0, Peer = 4, Port = 8, Protocol = 10;

    private static readonly SourcePosition Policy = new("shop.netpol", 3, 1, "policy api for api {");
    private static readonly SourcePosition Deny = new("shop.netpol", 4, 15, "    ingress { deny from guests on 22/tcp }");
    private static readonly SourcePosition Allow = new("net/egress.netpol", 12, 5, "    allow to db on 5432/tcp");

    public static ObjectSpec Spec()
    {
        BtfBuilder types = new();
        var (u64, u32, u16, u8) = (types.Unsigned("__u64", 8), types.Unsigned("__u32", 4), types.Unsigned("__u16", 2), types.Unsigned("__u8", 1));
        var input = types.Structure(
            "policy_input", 12,
            new BtfMember("self", u32, 0), new BtfMember("peer", u32, 32), new BtfMember("port", u16, 64), new BtfMember("protocol", u8, 80), new BtfMember("family", u8, 88));
        var prototype = types.Prototype(u64, new BtfParameter("in", types.PointerTo(input)));
        return new ObjectSpec
        {
            Types = types.ToTypes(),
            Functions = [new(Egress(), prototype), new(Part(), prototype), new(Ingress(), prototype), new(Local(), prototype, IsGlobal: false)],
            Externals = [new ExternalFunction("library_bias", prototype)],
            Maps = [new MapSpec("class_members", 2, 4, 16, Classes), new MapSpec("port_names", 1, 4, 4, 8, KeyType: u32, ValueType: u32, IsExternal: true)],
            Data = [new DataSpec(".rodata.verdict", "verdict_constants", [1, 0, 0, 0, 0x42, 0, 0, 0])],
        };
    }

    /// <summary>0x1000 + the second word of the class of self, where the port is 5432; else 3.</summary>
    private static BpfFunction Egress()
    {
        FunctionAssembler assembler = new("egress_verdict");
        var (isThere, isFound, other) = (assembler.NewLabel(), assembler.NewLabel(), assembler.NewLabel());
        assembler.At(Policy);
        assembler.JumpIf(JumpOperation.NotEqual, Register.R1, 0, isThere);
        assembler.Emit(Instruction.Move(Register.R0, 0));
        assembler.Emit(Instruction.Exit());
        assembler.Mark(isThere);
        assembler.Emit(Instruction.Move(Register.R6, Register.R1));
        assembler.Emit(Instruction.Load(MemorySize.Bits32, Register.R1, Register.R6, Self));
        assembler.Emit(Instruction.Store(MemorySize.Bits32, Register.R10, -4, Register.R1));
        assembler.Emit(Instruction.Move(Register.R2, Register.R10));
        assembler.Emit(Instruction.Alu64(AluOperation.Add, Register.R2, -4));
        assembler.LoadMap(Register.R1, "class_members");
        assembler.Emit(Instruction.CallHelper(Helper.MapLookupElem));
        assembler.JumpIf(JumpOperation.NotEqual, Register.R0, 0, isFound);
        assembler.Emit(Instruction.Move(Register.R0, 2));
        assembler.Emit(Instruction.Exit());
        assembler.Mark(isFound);
        assembler.At(Allow);
        assembler.Emit(Instruction.Load(MemorySize.Bits16, Register.R1, Register.R6, Port));
        assembler.JumpIf(JumpOperation.NotEqual, Register.R1, 5432, other);
        assembler.Emit(Instruction.Load(MemorySize.Bits64, Register.R0, Register.R0, 8));
        assembler.Emit(Instruction.Alu64(AluOperation.Add, Register.R0, 0x1000));
        assembler.Emit(Instruction.Exit());
        assembler.Mark(other);
        assembler.At(Policy);
        assembler.Emit(Instruction.Move(Register.R0, 3));
        assembler.Emit(Instruction.Exit());
        return assembler.ToFunction();
    }

    /// <summary>What the part says, if anything; else the constant, 0x100 if peer is in port_names, and the library's bias.</summary>
    private static BpfFunction Ingress()
    {
        FunctionAssembler assembler = new("ingress_verdict");
        var (isThere, isDenied, isUnnamed) = (assembler.NewLabel(), assembler.NewLabel(), assembler.NewLabel());
        assembler.At(Policy);
        assembler.JumpIf(JumpOperation.NotEqual, Register.R1, 0, isThere);
        assembler.Emit(Instruction.Move(Register.R0, 0));
        assembler.Emit(Instruction.Exit());
        assembler.Mark(isThere);
        assembler.Emit(Instruction.Move(Register.R6, Register.R1));
        assembler.CallFunction("ingress_deny_1");
        assembler.JumpIf(JumpOperation.NotEqual, Register.R0, 0, isDenied);
        assembler.LoadMapValue(Register.R1, ".rodata.verdict", 4);
        assembler.Emit(Instruction.Load(MemorySize.Bits32, Register.R7, Register.R1, 0));
        assembler.Emit(Instruction.Move(Register.R1, Register.R6));
        assembler.CallFunction("library_bias");
        assembler.Emit(Instruction.Alu64(AluOperation.Add, Register.R7, Register.R0));
        assembler.Emit(Instruction.Move(Register.R2, Register.R10));
        assembler.Emit(Instruction.Alu64(AluOperation.Add, Register.R2, -4));
        assembler.Emit(Instruction.Load(MemorySize.Bits32, Register.R1, Register.R6, Peer));
        assembler.Emit(Instruction.Store(MemorySize.Bits32, Register.R10, -4, Register.R1));
        assembler.LoadMap(Register.R1, "port_names");
        assembler.Emit(Instruction.CallHelper(Helper.MapLookupElem));
        assembler.JumpIf(JumpOperation.Equal, Register.R0, 0, isUnnamed);
        assembler.Emit(Instruction.Alu64(AluOperation.Add, Register.R7, 0x100));
        assembler.Mark(isUnnamed);
        assembler.Emit(Instruction.Move(Register.R0, Register.R7));
        assembler.Mark(isDenied);
        assembler.Emit(Instruction.Exit());
        return assembler.ToFunction();
    }

    /// <summary>0x22 of TCP to port 22, plus what the local function says.</summary>
    private static BpfFunction Part()
    {
        FunctionAssembler assembler = new("ingress_deny_1");
        var none = assembler.NewLabel();
        assembler.At(Deny);
        assembler.JumpIf(JumpOperation.Equal, Register.R1, 0, none);
        assembler.Emit(Instruction.Load(MemorySize.Bits8, Register.R2, Register.R1, Protocol));
        assembler.JumpIf(JumpOperation.NotEqual, Register.R2, 6, none);
        assembler.Emit(Instruction.Load(MemorySize.Bits16, Register.R2, Register.R1, Port));
        assembler.JumpIf(JumpOperation.NotEqual, Register.R2, 22, none);
        assembler.CallFunction("local");
        assembler.Emit(Instruction.Alu64(AluOperation.Add, Register.R0, 0x22));
        assembler.Emit(Instruction.Exit());
        assembler.Mark(none);
        assembler.Emit(Instruction.Move(Register.R0, 0));
        assembler.Emit(Instruction.Exit());
        return assembler.ToFunction();
    }

    private static BpfFunction Local()
    {
        FunctionAssembler assembler = new("local");
        assembler.At(Policy);
        assembler.Emit(Instruction.Load(MemorySize.Bits32, Register.R0, Register.R1, Peer));
        assembler.Emit(Instruction.Alu64(AluOperation.ShiftLeft, Register.R0, 8));
        assembler.Emit(Instruction.Exit());
        return assembler.ToFunction();
    }
}
