namespace Netpol.Compiler.Bpf;

/// <summary>A comparison that a jump makes; the value is its place in an opcode.</summary>
public enum JumpOperation : byte
{
    /// <summary><c>==</c></summary>
    Equal = 0x10,

    /// <summary><c>&gt;</c></summary>
    Greater = 0x20,

    /// <summary><c>&gt;=</c></summary>
    GreaterOrEqual = 0x30,

    /// <summary><c>&amp;</c></summary>
    AnyBit = 0x40,

    /// <summary><c>!=</c></summary>
    NotEqual = 0x50,

    /// <summary><c>s&gt;</c></summary>
    GreaterSigned = 0x60,

    /// <summary><c>s&gt;=</c></summary>
    GreaterOrEqualSigned = 0x70,

    /// <summary><c>&lt;</c></summary>
    Less = 0xa0,

    /// <summary><c>&lt;=</c></summary>
    LessOrEqual = 0xb0,

    /// <summary><c>s&lt;</c></summary>
    LessSigned = 0xc0,

    /// <summary><c>s&lt;=</c></summary>
    LessOrEqualSigned = 0xd0,
}
