using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Runtime.InteropServices;

namespace Netpol.Bench;

/// <summary><c>struct flow</c> of driver.bpf.c: one connection, seen from the end that does not change.</summary>
/// <param name="Peer">In network order; of IPv6 the last four bytes.</param>
[StructLayout(LayoutKind.Sequential)]
internal readonly record struct Flow(uint Peer, ushort Port, ushort ServerPort)
{
    private const int Seed = 20_261_122;

    internal static Flow Of(uint peer, int port, int serverPort) =>
        new(Big(peer), BinaryPrimitives.ReverseEndianness((ushort)port), BinaryPrimitives.ReverseEndianness((ushort)serverPort));

    /// <summary>
    /// The order of the packets: a random one, unlike the order in which connections came to be. In that order neighbours in time
    /// would be neighbours in the table, which is a third of the price at 32,000 flows.
    /// </summary>
    internal static ImmutableArray<Flow> Shuffle(ImmutableArray<Flow> flows)
    {
        var order = flows.ToArray();
        new Random(Seed).Shuffle(order);
        return [.. order];
    }

    private static uint Big(uint value) => BinaryPrimitives.ReverseEndianness(value);
}
