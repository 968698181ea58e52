namespace Netpol.Compiler.Bpf.Elf;

/// <summary>A place that takes the value of a symbol; what it is counted from stands in the place itself.</summary>
/// <param name="Offset">In the section, in bytes.</param>
/// <param name="Symbol">Index in <see cref="ElfObject.Symbols"/>.</param>
public sealed record ElfRelocation(ulong Offset, ElfRelocationType Type, int Symbol);
