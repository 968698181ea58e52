namespace Netpol.Compiler.Bpf.Elf;

/// <summary>Sizes and numbers of elf.h that reader and writer share.</summary>
internal static class ElfConstants
{
    public const int HeaderSize = 64;
    public const int SectionHeaderSize = 64;
    public const int SymbolSize = 24;
    public const int RelocationSize = 16;

    public const ushort Relocatable = 1;
    public const ushort MachineBpf = 247;

    public const int SectionAbsolute = 0xfff1;
    public const int FirstReservedSection = 0xff00;

    /// <summary>Magic, 64 bits, little endian, version 1, System V.</summary>
    public static ReadOnlySpan<byte> Identification => [0x7f, (byte)'E', (byte)'L', (byte)'F', 2, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0];
}
