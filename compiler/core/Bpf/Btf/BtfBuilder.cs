using System.Collections.Immutable;

namespace Netpol.Compiler.Bpf.Btf;

/// <summary>Collects types and gives them ids; what is added twice is there once.</summary>
public sealed class BtfBuilder
{
    private readonly ImmutableArray<BtfType>.Builder _types = ImmutableArray.CreateBuilder<BtfType>();

    // Types with lists in them are equal to themselves alone.
    private readonly Dictionary<BtfType, int> _ids = [];

    public BtfBuilder()
    {
    }

    /// <summary>Goes on from types that have their ids.</summary>
    public BtfBuilder(BtfTypes types)
    {
        foreach (var type in types.All)
        {
            _types.Add(type);
            _ids.TryAdd(type, _types.Count);
        }
    }

    public int Add(BtfType type)
    {
        if (!_ids.TryGetValue(type, out var id))
        {
            _types.Add(type);
            id = _types.Count;
            _ids.Add(type, id);
        }

        return id;
    }

    public int Unsigned(string name, int size) => Add(new BtfType.Integer(name, size, BtfEncoding.Unsigned));

    public int PointerTo(int target) => Add(new BtfType.Pointer(target));

    public int ArrayOf(int element, int count) => Add(new BtfType.Array(element, Unsigned("__ARRAY_SIZE_TYPE__", 4), count));

    public int Structure(string name, int size, params ImmutableArray<BtfMember> members) =>
        Add(new BtfType.Structure(name, IsUnion: false, size, HasBitFields: false, members));

    public int Prototype(int returned, params ImmutableArray<BtfParameter> parameters) =>
        Add(new BtfType.FunctionPrototype(returned, parameters));

    public BtfTypes ToTypes() => new(_types.ToImmutable());
}
