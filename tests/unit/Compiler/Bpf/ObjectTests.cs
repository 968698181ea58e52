using Netpol.Compiler.Bpf;
using Netpol.Compiler.Bpf.Btf;
using Netpol.Compiler.Bpf.Elf;
using Netpol.Compiler.Bpf.Functions;
using Netpol.Compiler.Bpf.Objects;
using Netpol.Compiler.Bundling;
using Netpol.Tests.Support;
using Netpol.Toolchain;

namespace Netpol.Tests.Unit.Compiler.Bpf;

public sealed class ObjectTests
{
    [Fact]
    public void An_object_reads_as_the_functions_it_was_made_of()
    {
        var spec = Spec();

        Assert.True(ObjectReader.TryRead(ObjectWriter.Write(spec), out var functions, out var problem), problem);

        Assert.Equal(
            FunctionListing.Print(spec.Functions.Select(function => function.Code)), FunctionListing.Print(functions.Select(function => function.Code)));
        Assert.All(functions, function => Assert.Equal(".text", function.Section));
    }

    [Fact]
    public void An_object_has_the_symbols_types_and_relocations_that_a_linker_wants()
    {
        Assert.True(ElfReader.TryRead(ObjectWriter.Write(Spec()), out var elf, out var problem), problem);
        Assert.True(BtfReader.TryRead(elf.Section(".BTF")!.Data.AsSpan(), out var types, out _, out problem), problem);

        var text = string.Join('\n', elf.Symbols.Select(symbol =>
                $"{symbol.Binding} {symbol.Type} {symbol.Name} {(symbol.Section < 0 ? "-" : elf.Sections[symbol.Section].Name)} {symbol.Value}+{symbol.Size}"))
            + "\n\n" + string.Join('\n', elf.Section(".text")!.Relocations.Select(relocation =>
                $"{relocation.Offset} {relocation.Type} {elf.Symbols[relocation.Symbol].Name}"))
            + "\n\n" + string.Join('\n', types.All.Select((type, index) => $"{index + 1} {type switch
            {
                BtfType.Structure structure => $"struct {structure.Name} {string.Join(", ", structure.Members.Select(member => $"{member.Name}: {member.Type}"))}",
                BtfType.DataSection section => $"section {section.Name} {section.Size}: {string.Join(", ", section.Entries)}",
                BtfType.FunctionPrototype prototype => $"prototype {prototype.Return} {string.Join(", ", prototype.Parameters)}",
                _ => type.ToString(),
            }}"));
        Verifier.Verify(text + "\n", "txt");
    }

    [Fact]
    public void The_same_specification_gives_the_same_bytes() => Assert.Equal(ObjectWriter.Write(Spec()), ObjectWriter.Write(Spec()));

    [Fact]
    public void References_to_nothing_and_lines_of_some_functions_alone_are_broken_promises()
    {
        var spec = Spec();

        Assert.Throws<InvalidOperationException>(() => ObjectWriter.Write(spec with { Maps = [] }));
        Assert.Throws<InvalidOperationException>(() => ObjectWriter.Write(spec with { Externals = [] }));
        Assert.Throws<InvalidOperationException>(() => ObjectWriter.Write(spec with
        {
            Functions = spec.Functions.SetItem(0, spec.Functions[0] with { Code = spec.Functions[0].Code with { Lines = [] } }),
        }));
    }

    /// <summary>clang's objects of the whole datapath: types, lines, relocations of every shape.</summary>
    [Theory]
    [InlineData("everything")]
    [InlineData("ipv6-only")]
    public void Objects_of_clang_are_read_whole(string name)
    {
        using var folder = new TemporaryFolder();
        Assert.NotNull(BundleBuilder.Build([new CorpusCase(name).Source], folder.Of("bundle")).Manifest);
        var file = File.ReadAllBytes(folder.Of("bundle/" + ManifestWriter.ObjectName));

        Assert.True(ElfReader.TryRead(file, out var elf, out var problem), problem);
        Assert.True(BtfReader.TryRead(elf.Section(".BTF")!.Data.AsSpan(), out var types, out _, out problem), problem);
        Assert.True(ObjectReader.TryRead(file, out var functions, out problem), problem);

        var again = ElfWriter.Write(elf);
        Assert.True(ElfReader.TryRead(again, out var elfAgain, out problem), problem);
        Assert.Equal(again, ElfWriter.Write(elfAgain));
        Assert.True(BtfReader.TryRead(BtfWriter.Write(types, new StringTable()), out var typesAgain, out _, out problem), problem);
        Assert.Equal(BtfWriter.Write(types, new StringTable()), BtfWriter.Write(typesAgain, new StringTable()));
        Assert.Equal(types.All.Length, typesAgain.All.Length);
        var listing = FunctionListing.Print(functions.Select(function => function.Code));
        Assert.Contains("call egress_verdict\n", listing);
        Assert.Contains("= map[rule_counters]\n", listing);
        Assert.Contains("= map[.rodata.endpoint][0]+", listing);
        Assert.All(functions, function => Assert.Equal(0, function.Code.Lines[0].Instruction));
    }

    private static ObjectSpec Spec()
    {
        SourcePosition rule = new("shop.netpol", 9, 15, "    egress  { allow to db on 5432/tcp }");
        BtfBuilder types = new();
        var u64 = types.Unsigned("__u64", 8);
        var u32 = types.Unsigned("__u32", 4);
        var input = types.Structure("policy_input", 8, new BtfMember("self", u32, 0), new BtfMember("peer", u32, 32));
        var prototype = types.Prototype(u64, new BtfParameter("in", types.PointerTo(input)));

        FunctionAssembler verdict = new("egress_verdict");
        verdict.At(rule);
        verdict.LoadMap(Register.R1, "class_members");
        verdict.LoadMap(Register.R2, "port_names");
        verdict.LoadMapValue(Register.R3, ".rodata.table", 4);
        verdict.CallFunction("local");
        verdict.CallFunction("library_bias");
        verdict.At(rule with { Line = 10, Text = "}" });
        verdict.Emit(Instruction.Exit());
        FunctionAssembler local = new("local");
        local.At(rule with { Line = 3, Text = "group db = pods" });
        local.Emit(Instruction.LoadImmediate64(Register.R0, ulong.MaxValue));
        local.Emit(Instruction.Exit());
        return new ObjectSpec
        {
            Types = types.ToTypes(),
            Functions = [new FunctionSpec(local.ToFunction(), prototype, IsGlobal: false), new FunctionSpec(verdict.ToFunction(), prototype)],
            Externals = [new ExternalFunction("library_bias", prototype)],
            Maps =
            [
                new MapSpec("class_members", 2, 4, 16, 8, Flags: 1 << 7),
                new MapSpec("port_names", 1, 4, 8, 8, KeyType: u32, ValueType: u64, IsExternal: true),
            ],
            Data = [new DataSpec(".rodata.table", "table", [1, 2, 3, 4, 5, 6, 7, 8])],
            License = "GPL",
        };
    }
}
