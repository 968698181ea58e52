namespace Netpol.Compiler.Bpf.Elf;

/// <summary>A name for a place in a section.</summary>
/// <param name="Section">An index in <see cref="ElfObject.Sections"/>, or one of the constants.</param>
public sealed record ElfSymbol(
    string Name, ElfSymbolType Type, ElfBinding Binding, ElfVisibility Visibility, int Section, ulong Value, ulong Size)
{
    /// <summary>Defined by another object.</summary>
    public const int Undefined = -1;

    /// <summary>Of no section, such as the name of a source file.</summary>
    public const int Absolute = -2;
}
