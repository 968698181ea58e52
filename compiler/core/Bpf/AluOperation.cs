namespace Netpol.Compiler.Bpf;

/// <summary>An operation of two operands on registers; the value is its place in an opcode.</summary>
public enum AluOperation : byte
{
    /// <summary><c>+=</c></summary>
    Add = 0x00,

    /// <summary><c>-=</c></summary>
    Subtract = 0x10,

    /// <summary><c>*=</c></summary>
    Multiply = 0x20,

    /// <summary><c>/=</c></summary>
    Divide = 0x30,

    /// <summary><c>|=</c></summary>
    Or = 0x40,

    /// <summary><c>&amp;=</c></summary>
    And = 0x50,

    /// <summary><c>&lt;&lt;=</c></summary>
    ShiftLeft = 0x60,

    /// <summary><c>&gt;&gt;=</c></summary>
    ShiftRight = 0x70,

    /// <summary><c>%=</c></summary>
    Modulo = 0x90,

    /// <summary><c>^=</c></summary>
    Xor = 0xa0,

    /// <summary><c>=</c></summary>
    Move = 0xb0,

    /// <summary><c>s&gt;&gt;=</c></summary>
    ShiftRightSigned = 0xc0,
}
