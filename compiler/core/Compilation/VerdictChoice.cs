namespace Netpol.Compiler.Compilation;

/// <summary>What a build asks for.</summary>
public enum VerdictChoice
{
    /// <summary>Tables, which cost every packet the same whatever the rules; code where the rules say what no table can.</summary>
    Auto,

    /// <summary>Generated code.</summary>
    Code,

    /// <summary>Code where a first packet takes less time by it than by tables and every kernel takes it; else tables.</summary>
    Fastest,
}
