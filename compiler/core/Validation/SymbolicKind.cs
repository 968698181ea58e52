namespace Netpol.Compiler.Validation;

/// <summary>What is known of the contents of a register.</summary>
internal enum SymbolicKind : byte
{
    /// <summary>Nobody wrote it, or a call did.</summary>
    Lost,

    /// <summary>A number.</summary>
    Constant,

    /// <summary>The function's argument: the address of its input, or zero.</summary>
    Input,

    /// <summary>An address in the stack frame; the number is counted from its end.</summary>
    Frame,

    /// <summary>A map, by its number.</summary>
    Map,

    /// <summary>What a look-up found: the address of words, or zero.</summary>
    Words,

    /// <summary>An observable as it was loaded.</summary>
    Loaded,

    /// <summary>A loaded number plus a constant, in 32 bits.</summary>
    Shifted,

    /// <summary>Bits of a loaded word.</summary>
    Masked,

    /// <summary>The answer of another function, and not zero.</summary>
    Answer,
}
