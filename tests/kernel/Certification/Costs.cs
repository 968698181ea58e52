using System.Collections.Immutable;
using Netpol.Compiler.Bpf.Objects;
using Netpol.Compiler.Certification;

namespace Netpol.Tests.Kernel.Certification;

/// <summary>What an object's programs are certified for.</summary>
internal sealed record Costs(ImmutableDictionary<string, FunctionCost> Programs, PacketWay Way)
{
    internal static Costs Of(byte[] file)
    {
        Assert.True(ObjectReader.TryRead(file, out var functions, out var problem), problem);
        FunctionCosts costs = new(functions.ToDictionary(function => function.Code.Name, function => function.Code));
        ImmutableArray<FunctionCost> programs = [.. functions.Where(function => function.Section != ".text").Select(function => costs.Of(function.Code.Name))];
        return new Costs(programs.ToImmutableDictionary(program => program.Name), PacketWay.Of(programs));
    }
}
