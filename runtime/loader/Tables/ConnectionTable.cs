using System.Runtime.InteropServices;
using Netpol.Loader.Abi;
using Netpol.Loader.Native;

namespace Netpol.Loader.Tables;

/// <summary>
/// <c>connections4</c> or <c>connections6</c>, as <c>abi.h</c> has them: sets of ways, each entry in a way of the set that a hash of its
/// key says. Programs find an entry by its key; this one goes through all.
/// </summary>
internal sealed class ConnectionTable(BpfMap map)
{
    /// <summary><c>CONNECTION_WAYS</c>.</summary>
    internal const int Ways = 15;

    /// <summary>The frozen random numbers that the hash depends on: a node map, as old as the tables.</summary>
    internal const string SecretSection = ".rodata.node";

    /// <summary><see cref="SecretSection"/> on a bpffs.</summary>
    internal const string SecretPin = "_rodata_node";

    private const int SecretSize = 10 * sizeof(ulong);
    private const int FirstTag = 8, TagWords = 4, TagBits = 16, FirstPosition = 12, FirstEntry = 64;
    private const int EntrySize4 = 64, EntrySize6 = 128, KeySize4 = 16, KeySize6 = 40, Protocol4 = 12, Protocol6 = 36;

    private readonly bool _isIpv6 = map.ValueSize != FirstEntry + Ways * EntrySize4;

    internal int KeySize => _isIpv6 ? KeySize6 : KeySize4;

    /// <summary>Entries that there are ways for.</summary>
    internal int Capacity => Ways * map.MaxEntries;

    private int EntrySize => _isIpv6 ? EntrySize6 : EntrySize4;

    /// <summary>Of the kernel's numbers, not of <c>RandomNumberGenerator</c>'s: that loads OpenSSL, which a static executable does not survive.</summary>
    internal static unsafe byte[] NewSecret()
    {
        var secret = new byte[SecretSize];
        fixed (byte* first = secret)
        {
            // So few come all at once (getrandom(2)).
            return LibC.getrandom(first, SecretSize, 0) == SecretSize
                ? secret
                : throw new KernelException("draw random numbers", Marshal.GetLastPInvokeError());
        }
    }

    /// <summary>Every entry, expired ones among them.</summary>
    internal IEnumerable<ConnectionEntry> Entries()
    {
        var set = new byte[map.ValueSize];
        for (uint index = 0; index < map.MaxEntries; index++)
        {
            Read(index, set);
            foreach (var (position, way) in UsedWays(set))
            {
                var entry = set.AsSpan(FirstEntry + way * EntrySize, EntrySize);
                Connection connection = default;
                var content = entry[KeySize..Math.Min(entry.Length, KeySize + Marshal.SizeOf<Connection>())];
                content.CopyTo(BpfMap.Bytes(ref connection));
                yield return new ConnectionEntry(index, position, entry[..KeySize].ToArray(), connection);
            }
        }
    }

    /// <summary>An IP protocol number.</summary>
    internal byte ProtocolOf(ConnectionEntry entry) => entry.Key[_isIpv6 ? Protocol6 : Protocol4];

    /// <summary>Takes the entry out of the table.</summary>
    internal void Forget(ConnectionEntry entry) => Change(entry.Set, set => Free(set, entry.Position));

    /// <summary>Changes an entry behind the programs' back.</summary>
    internal void Change(ConnectionEntry entry, Func<Connection, Connection> change) => Change(entry.Set, set =>
    {
        var changed = change(entry.Connection);
        var content = set.AsSpan(FirstEntry + Way(entry.Position) * EntrySize + KeySize);
        var bytes = BpfMap.Bytes(ref changed);
        bytes[..Math.Min(EntrySize - KeySize, bytes.Length)].CopyTo(content);
    });

    /// <summary>Takes all entries out.</summary>
    internal void Clear()
    {
        var set = new byte[map.ValueSize];
        for (uint index = 0; index < map.MaxEntries; index++)
        {
            Read(index, set);
            var used = UsedWays(set).ToList();
            if (used.Count > 0)
            {
                used.ForEach(way => Free(set, way.Position));
                map.Update(BpfMap.Bytes(ref index), set);
            }
        }
    }

    private void Read(uint index, byte[] set)
    {
        if (!map.TryLookup(BpfMap.Bytes(ref index), set))
        {
            throw new InvalidOperationException($"map {map.Name} has no set {index}");
        }
    }

    private void Change(uint index, Action<byte[]> change)
    {
        var set = new byte[map.ValueSize];
        Read(index, set);
        change(set);
        map.Update(BpfMap.Bytes(ref index), set);
    }

    private static IEnumerable<(int Position, int Way)> UsedWays(byte[] set)
    {
        for (var lane = 0; lane < sizeof(ulong) * 8 / TagBits; lane++)
        {
            for (var word = 0; word < TagWords; word++)
            {
                var position = lane * TagBits + FirstPosition + word;
                if ((TagWord(set, word) >> lane * TagBits & ushort.MaxValue) != 0)
                {
                    yield return (position, Way(position));
                }
            }
        }
    }

    /// <summary>No tag and no key, as a program looks for a key without the tags first.</summary>
    private void Free(byte[] set, int position)
    {
        var (lane, word) = (position / TagBits, position % TagBits - FirstPosition);
        var tags = TagWord(set, word) & ~((ulong)ushort.MaxValue << lane * TagBits);
        MemoryMarshal.Write(set.AsSpan(FirstTag + word * sizeof(ulong)), tags);
        set.AsSpan(FirstEntry + Way(position) * EntrySize, KeySize).Clear();
    }

    private static ulong TagWord(byte[] set, int word) => MemoryMarshal.Read<ulong>(set.AsSpan(FirstTag + word * sizeof(ulong)));

    /// <summary><c>connection_way</c> of connection_table.h.</summary>
    private static int Way(int position) => (int)((1UL << position) * 0x0000_8009_a00a_e00fUL >> 60);
}

/// <summary>One entry where it was found.</summary>
/// <param name="Position">Of its tag.</param>
/// <param name="Key"><c>struct connection4_key</c> or <c>connection6_key</c>.</param>
internal sealed record ConnectionEntry(uint Set, int Position, byte[] Key, Connection Connection);
