using System.Collections.Immutable;
using Netpol.Bundle;
using Netpol.Compiler.Bpf;
using Netpol.Compiler.Bpf.Btf;
using Netpol.Compiler.Bpf.Functions;
using Netpol.Compiler.Bpf.Objects;

namespace Netpol.Compiler.Backends.Bytecode;

/// <summary>The object that verdicts are linked into the library by: their functions, and the maps that only they read.</summary>
internal static class VerdictObject
{
    /// <summary><c>BPF_MAP_TYPE_ARRAY</c></summary>
    private const int ArrayMap = 2;

    public static byte[] Write(ImmutableArray<BpfFunction> functions, ImmutableArray<MapEntry> maps)
    {
        BtfBuilder types = new();
        var members = PolicyInput.Fields.Select(field => new BtfMember(field.Name, TypeOf(types, field.Size), (uint)field.Offset * 8));
        var input = types.Structure("policy_input", PolicyInput.Size, [.. members]);
        var prototype = types.Prototype(types.Unsigned("__u64", 8), new BtfParameter("in", types.PointerTo(input)));
        return ObjectWriter.Write(new ObjectSpec
        {
            Functions = [.. functions.Select(function => new FunctionSpec(function, prototype))],
            Maps =
            [
                .. maps.Where(map => map.Name is PolicyInput.ClassMembers or PolicyInput.PortNameMembers)
                    .Select(map => new MapSpec(
                        map.Name, ArrayMap, map.KeySize, map.ValueSize, map.MaxEntries, KeyType: types.Unsigned("__u32", 4), ValueType: BitSet(types, map))),
            ],
            Types = types.ToTypes(),
        });
    }

    // As policy.h names them.
    private static int BitSet(BtfBuilder types, MapEntry map) => types.Structure(
        map.Name == PolicyInput.ClassMembers ? "members" : "port_name_set", map.ValueSize,
        new BtfMember("word", types.ArrayOf(types.Unsigned("__u64", 8), map.ValueSize / sizeof(ulong)), 0));

    private static int TypeOf(BtfBuilder types, MemorySize size) => size switch
    {
        MemorySize.Bits8 => types.Unsigned("__u8", 1),
        MemorySize.Bits16 => types.Unsigned("__u16", 2),
        _ => types.Unsigned("__u32", 4),
    };
}
