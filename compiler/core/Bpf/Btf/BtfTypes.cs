using System.Collections.Immutable;

namespace Netpol.Compiler.Bpf.Btf;

/// <summary>The types of an object, by id - 1.</summary>
public sealed record BtfTypes(ImmutableArray<BtfType> All)
{
    public BtfType this[int id] => All[id - 1];
}
