using Netpol.Compiler.Bpf;
using Netpol.Compiler.Bpf.Btf;

namespace Netpol.Tests.Unit.Compiler.Bpf;

public sealed class BtfTests
{
    [Fact]
    public void Every_kind_of_type_is_written_and_read()
    {
        BtfBuilder builder = new();
        var u32 = builder.Unsigned("__u32", 4);
        var input = builder.Structure("policy_input", 8, new BtfMember("self", u32, 0), new BtfMember("peer", u32, 32));
        var prototype = builder.Prototype(u32, new BtfParameter("in", builder.PointerTo(input)));
        builder.Add(new BtfType.Function("verdict", prototype, BtfLinkage.Global));
        builder.Add(new BtfType.Structure("either", IsUnion: true, 4, HasBitFields: true, [new BtfMember("bits", u32, 3U << 24 | 5)]));
        builder.Add(new BtfType.Enumeration("reason", 4, IsSigned: true, [new BtfConstant("NONE", -1)]));
        builder.Add(new BtfType.Forward("later", IsUnion: false));
        builder.Add(new BtfType.Typedef("u", u32));
        builder.Add(new BtfType.Const(builder.Add(new BtfType.Volatile(builder.Add(new BtfType.Restrict(builder.PointerTo(0)))))));
        builder.Add(new BtfType.Integer("flag", 1, BtfEncoding.Boolean));
        var variable = builder.Add(new BtfType.Variable("map", builder.ArrayOf(u32, 4), BtfLinkage.External));
        builder.Add(new BtfType.DataSection(".maps", 16, [new BtfSectionEntry(variable, 0, 16)]));
        var types = builder.ToTypes();

        var section = BtfWriter.Write(types, new StringTable());

        Assert.True(BtfReader.TryRead(section, out var read, out _, out var problem), problem);
        Assert.Equal(types.All.Select(Shown), read.All.Select(Shown));
        Assert.Equal(section, BtfWriter.Write(read, new StringTable()));
        var kinds = typeof(BtfType).GetNestedTypes().Where(type => type.IsSubclassOf(typeof(BtfType)));
        Assert.Equal(kinds.Select(kind => kind.Name).Order(), read.All.Select(type => type.GetType().Name).Distinct().Order());
    }

    [Fact]
    public void A_type_added_twice_is_there_once()
    {
        BtfBuilder builder = new();

        Assert.Equal(builder.PointerTo(builder.Unsigned("__u8", 1)), builder.PointerTo(builder.Unsigned("__u8", 1)));
        Assert.Equal(2, builder.ToTypes().All.Length);
    }

    [Fact]
    public void Functions_and_lines_are_written_and_read()
    {
        StringTable strings = new();
        BtfExtension extension = new(
            [new BtfFunctionRecord(".text", 0, 4), new BtfFunctionRecord(".text", 64, 5), new BtfFunctionRecord("tc", 0, 6)],
            [
                new BtfLineRecord(".text", 0, "shop.netpol", "policy api {", 3, 1),
                new BtfLineRecord(".text", 64, "shop.netpol", "    deny from any", 70_000, 5),
                new BtfLineRecord("tc", 8, "net/a.netpol", "allow", 1, 4096),
            ]);

        var section = BtfExtensionWriter.Write(extension, strings);

        Assert.True(BtfExtensionReader.TryRead(section, strings.ToArray(), out var read, out var problem), problem);
        Assert.Equal(extension.Functions.AsEnumerable(), read.Functions);
        // A column that has no room is the last that has.
        Assert.Equal(extension.Lines.SetItem(2, extension.Lines[2] with { Column = 1023 }).AsEnumerable(), read.Lines);
    }

    [Fact]
    public void No_section_breaks_the_readers()
    {
        BtfBuilder builder = new();
        builder.Structure("s", 4, new BtfMember("m", builder.Unsigned("int", 4), 0));
        StringTable strings = new();
        var extension = BtfExtensionWriter.Write(new BtfExtension([new BtfFunctionRecord("tc", 0, 1)], [new BtfLineRecord("tc", 0, "f", "t", 1, 1)]), strings);
        var types = BtfWriter.Write(builder.ToTypes(), strings);
        Random random = new(1);
        for (var n = 0; n < 20_000; n++)
        {
            BtfReader.TryRead(Broken(types), out _, out _, out _);
            BtfExtensionReader.TryRead(Broken(extension), strings.ToArray(), out _, out _);
        }

        byte[] Broken(byte[] section)
        {
            var broken = section[..random.Next(section.Length + 1)];
            for (var changes = random.Next(3); changes > 0 && broken.Length > 0; changes--)
            {
                broken[random.Next(broken.Length)] = (byte)random.Next(256);
            }

            return broken;
        }
    }

    private static string Shown(BtfType type) => type switch
    {
        BtfType.Structure structure => $"{structure with { Members = [] }} {string.Join(',', structure.Members)}",
        BtfType.Enumeration enumeration => $"{enumeration with { Constants = [] }} {string.Join(',', enumeration.Constants)}",
        BtfType.FunctionPrototype prototype => $"{prototype with { Parameters = [] }} {string.Join(',', prototype.Parameters)}",
        BtfType.DataSection section => $"{section with { Entries = [] }} {string.Join(',', section.Entries)}",
        _ => type.ToString(),
    };
}
