namespace Netpol.Compiler.Backends.Bytecode;

/// <summary>What the answer of a function means.</summary>
internal enum FunctionRole
{
    /// <summary>A verdict.</summary>
    Verdict,

    /// <summary>A verdict, or zero: none of these rules decides.</summary>
    Part,

    /// <summary>One where a rule that says <c>log</c> matches, else zero.</summary>
    Logged,
}
