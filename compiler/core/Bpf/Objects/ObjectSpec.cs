using System.Collections.Immutable;
using Netpol.Compiler.Bpf.Btf;

namespace Netpol.Compiler.Bpf.Objects;

/// <summary>An object before it has bytes.</summary>
public sealed record ObjectSpec
{
    /// <summary>Types that functions are declared with; those of maps and data are added.</summary>
    public required BtfTypes Types { get; init; }

    /// <summary>In the order of their code.</summary>
    public required ImmutableArray<FunctionSpec> Functions { get; init; }

    public ImmutableArray<ExternalFunction> Externals { get; init; } = [];

    public ImmutableArray<MapSpec> Maps { get; init; } = [];

    public ImmutableArray<DataSpec> Data { get; init; } = [];

    /// <summary>Null: that of the object it is linked with.</summary>
    public string? License { get; init; }
}
