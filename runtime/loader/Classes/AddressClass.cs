using System.Collections.Immutable;
using Netpol.Bundle.Verdicts;

namespace Netpol.Loader.Classes;

/// <summary>Addresses that no rule of the generation tells apart.</summary>
/// <param name="Id">From 1; first those of the split address space, in the manifest's order.</param>
/// <param name="Bits">The sets that the addresses are in, ascending.</param>
/// <param name="IsEndpoint">Else of no container: then no two are in one namespace.</param>
/// <param name="IsJudged">Of a container of this node: there are verdicts of it as the judged end.</param>
/// <param name="Ports">What the endpoint calls its ports, where rules ask for names and verdicts are tables; sorted.</param>
internal sealed record AddressClass(int Id, ImmutableArray<int> Bits, bool IsEndpoint, bool IsJudged, ImmutableArray<ClassPort> Ports)
{
    internal bool IsIn(int set) => Bits.AsSpan().BinarySearch(set) >= 0;

    /// <summary>The same addresses are of it, judged here or not.</summary>
    internal bool IsAlike(AddressClass other) =>
        IsEndpoint == other.IsEndpoint && Bits.AsSpan().SequenceEqual(other.Bits.AsSpan()) && Ports.AsSpan().SequenceEqual(other.Ports.AsSpan());
}

/// <param name="Name">Index in the manifest's port names.</param>
internal readonly record struct ClassPort(int Name, TrafficSpace Space, ushort Port);
