using Netpol.Compiler.Bpf.Elf;

namespace Netpol.Tests.Unit.Compiler.Bpf;

public sealed class ElfTests
{
    private static readonly ElfObject Sample = new(
        [
            ElfSection.Of(".text", ElfSectionFlags.Allocate | ElfSectionFlags.Execute, [0xb7, 0, 0, 0, 7, 0, 0, 0, 0x95, 0, 0, 0, 0, 0, 0, 0], 8, new ElfRelocation(8, ElfRelocationType.Immediate64, 2)),
            new ElfSection(".bss", ElfSectionType.NoBits, ElfSectionFlags.Allocate | ElfSectionFlags.Write, [0, 0, 0, 0], 4, 0, []),
            ElfSection.Of("license", ElfSectionFlags.Allocate, "GPL\0"u8.ToArray(), 1),
        ],
        [
            new ElfSymbol("policy.c", ElfSymbolType.File, ElfBinding.Local, ElfVisibility.Default, ElfSymbol.Absolute, 0, 0),
            new ElfSymbol("local", ElfSymbolType.Function, ElfBinding.Local, ElfVisibility.Hidden, 0, 8, 8),
            new ElfSymbol("map", ElfSymbolType.None, ElfBinding.Global, ElfVisibility.Default, ElfSymbol.Undefined, 0, 0),
            new ElfSymbol("verdict", ElfSymbolType.Function, ElfBinding.Weak, ElfVisibility.Default, 0, 0, 16),
        ]);

    [Fact]
    public void What_is_written_is_read_again()
    {
        var file = ElfWriter.Write(Sample);

        Assert.True(ElfReader.TryRead(file, out var read, out var problem), problem);
        Assert.Equal(Sample.Symbols.AsEnumerable(), read.Symbols);
        Assert.Equal(Sample.Sections.Select(section => section.Name), read.Sections.Select(section => section.Name));
        foreach (var (expected, actual) in Sample.Sections.Zip(read.Sections))
        {
            Assert.Equal(expected with { Data = [], Relocations = [] }, actual with { Data = [], Relocations = [] });
            Assert.Equal(expected.Data.AsEnumerable(), actual.Data);
            Assert.Equal(expected.Relocations.AsEnumerable(), actual.Relocations);
        }

        Assert.Equal(file, ElfWriter.Write(read));
    }

    [Fact]
    public void A_local_symbol_behind_a_global_one_is_a_broken_promise() => Assert.Throws<InvalidOperationException>(() =>
        ElfWriter.Write(Sample with { Symbols = [.. Sample.Symbols.Reverse()] }));

    [Fact]
    public void No_file_breaks_the_reader()
    {
        var file = ElfWriter.Write(Sample);
        Random random = new(1);
        var refused = 0;
        for (var n = 0; n < 20_000; n++)
        {
            var broken = (byte[])file.Clone();
            for (var changes = random.Next(1, 4); changes > 0; changes--)
            {
                broken[random.Next(broken.Length)] = (byte)random.Next(256);
            }

            var cut = random.Next(3) == 0 ? broken[..random.Next(broken.Length)] : broken;
            refused += ElfReader.TryRead(cut, out _, out _) ? 0 : 1;
        }

        Assert.InRange(refused, 1, 19_999);
    }

    [Theory]
    [InlineData("", "the file is cut off")]
    [InlineData("7f454c46010101", "this is no ELF file of 64 bits, little endian")]
    public void A_file_of_another_kind_is_named(string head, string expected)
    {
        var file = head.Length == 0 ? [] : new byte[64];
        Convert.FromHexString(head).CopyTo(file, 0);

        Assert.False(ElfReader.TryRead(file, out _, out var problem));
        Assert.Equal(expected, problem);
    }
}
