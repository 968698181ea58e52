namespace Netpol.Toolchain;

/// <summary>What makes a bundle's object.</summary>
public enum BackendKind
{
    /// <summary>Generated C, compiled by clang.</summary>
    C,

    /// <summary>Instructions of our own, linked with the library as it was compiled when this program was built.</summary>
    Bytecode,
}
