using System.Buffers.Binary;
using System.Collections.Immutable;
using Netpol.Model;

namespace Netpol.Semantics;

/// <summary>
/// <c>balance maglev</c>: a table that gives each of its positions to a backend (Eisenbud et al., Maglev, 3.4). It depends on the model and on
/// the backends alone, in whatever order, so every node has the same; a client's packet falls on a position by a hash.
/// </summary>
public static class Maglev
{
    private static readonly ImmutableArray<int> Primes = [251, 509, 1021, 2039, 4093, 8191, 16_381, 65_521];

    /// <summary>With so many positions a backend, shares differ by one in a hundred at most.</summary>
    private const int PositionsPerBackend = 100;

    /// <summary>Of all tables whose backends are endpoints, together.</summary>
    private const long Budget = 16 * 1024 * 1024;

    /// <summary>Of one such table.</summary>
    private const int MostOfEndpoints = 16_381;

    /// <summary>
    /// How many positions each port's table has in a family. How many endpoints a set will hold no model knows: such a service has as many as
    /// it may have at the scale, and as all of them together have room for.
    /// </summary>
    public static int Positions(NetworkModel model, Service service, IpFamily family) =>
        !service.HasWay(family) ? 0
        : service.Backends is BackendSource.Literal literal
            ? AtLeast(PositionsPerBackend * literal.Backends.Count(backend => backend.Address.Family == family))
        : Math.Min(Math.Min(AtLeast((int)Math.Min(int.MaxValue, (long)PositionsPerBackend * model.Scale.Endpoints)), MostOfEndpoints), AtMost(Share(model)));

    /// <summary>The index of the backend that has each position; none where there is no backend with a weight.</summary>
    public static ImmutableArray<int> Table(ImmutableArray<(Address Address, ushort Port, int Weight)> backends, int positions)
    {
        var all = backends.Select((backend, index) => (Backend: backend, Index: index, Credit: 0L, Next: 0, Steps: Steps(backend.Address, backend.Port, positions)))
            .Where(each => each.Backend.Weight > 0)
            .OrderBy(each => each.Backend.Address).ThenBy(each => each.Backend.Port).ToArray();
        if (all.Length == 0)
        {
            return [];
        }

        var table = Enumerable.Repeat(-1, positions).ToArray();
        var heaviest = all.Max(each => each.Backend.Weight);
        for (var free = positions; free > 0;)
        {
            // A turn each, for the lighter ones only every so many rounds.
            for (var i = 0; i < all.Length && free > 0; i++)
            {
                ref var each = ref all[i];
                each.Credit += each.Backend.Weight;
                if (each.Credit < heaviest)
                {
                    continue;
                }

                each.Credit -= heaviest;
                while (table[Position(each.Steps, each.Next, positions)] >= 0)
                {
                    each.Next++;
                }

                table[Position(each.Steps, each.Next, positions)] = each.Index;
                free--;
            }
        }

        return [.. table];
    }

    /// <summary>The position that a client's connection falls on; with <c>affinity</c> ports have no part in it.</summary>
    /// <param name="attempt">From 0: the first choice, and the next where that can't be used.</param>
    public static int PositionOf(
        int positions, Address client, ushort clientPort, Address service, ushort servicePort, byte protocol, int attempt)
    {
        var (from, to) = (client.ToBytes(), service.ToBytes());
        var ports = BinaryPrimitives.ReverseEndianness(clientPort) | ((uint)BinaryPrimitives.ReverseEndianness(servicePort) << 16);
        ulong[] words = client.Family == IpFamily.V4
            ? [BinaryPrimitives.ReadUInt32LittleEndian(from) | ((ulong)BinaryPrimitives.ReadUInt32LittleEndian(to) << 32), 0, 0, 0, 0]
            : [
                BinaryPrimitives.ReadUInt64LittleEndian(from), BinaryPrimitives.ReadUInt64LittleEndian(from.AsSpan(8)),
                BinaryPrimitives.ReadUInt64LittleEndian(to), BinaryPrimitives.ReadUInt64LittleEndian(to.AsSpan(8)), 0,
            ];
        words[4] = ports | ((ulong)protocol << 32);
        var hash = words.Aggregate((ulong)attempt, (all, word) => Spread(all ^ word));
        return (int)((hash >> 32) * (ulong)positions >> 32);
    }

    private static ulong Spread(ulong number) => unchecked((number ^ (number >> 32)) * 0x9e37_79b9_7f4a_7c15UL);

    private static int Position((int Offset, int Skip) steps, int next, int positions) => (int)((steps.Offset + ((long)next * steps.Skip)) % positions);

    /// <summary>Where a backend's permutation of the positions begins, and by how much it goes on: two hashes of address and port.</summary>
    private static (int Offset, int Skip) Steps(Address address, ushort port, int positions)
    {
        byte[] identity = [.. address.ToBytes(), (byte)(port >> 8), (byte)port];
        return ((int)(Hash(identity, 0) % (ulong)positions), 1 + (int)(Hash(identity, 1) % (ulong)(positions - 1)));
    }

    /// <summary>FNV-1a, finished as SplitMix64 is.</summary>
    private static ulong Hash(byte[] identity, ulong seed) => unchecked(
        Finished(identity.Aggregate(0xcbf2_9ce4_8422_2325UL ^ seed, (hash, part) => (hash ^ part) * 0x0000_0100_0000_01b3UL)));

    private static ulong Finished(ulong hash)
    {
        hash = unchecked((hash ^ (hash >> 30)) * 0xbf58_476d_1ce4_e5b9UL);
        hash = unchecked((hash ^ (hash >> 27)) * 0x94d0_49bb_1331_11ebUL);
        return hash ^ (hash >> 31);
    }

    private static int Share(NetworkModel model)
    {
        long tables = model.Services.Where(service => service.Balance == BalanceAlgorithm.Maglev && service.Backends is BackendSource.Endpoints)
            .Sum(service => service.Ports.Length * service.Lists * new[] { IpFamily.V4, IpFamily.V6 }.Count(service.HasWay));
        return (int)(Budget / Math.Max(1, tables));
    }

    private static int AtLeast(int positions) => Primes.FirstOrDefault(prime => prime >= positions, Primes[^1]);

    private static int AtMost(int positions) => Primes.LastOrDefault(prime => prime <= positions, Primes[0]);
}
