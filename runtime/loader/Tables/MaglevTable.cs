namespace Netpol.Loader.Tables;

/// <summary>
/// Gives each position of a table to a backend, as <c>Netpol.Semantics.Maglev</c> says it: by each backend's own permutation of the positions, in
/// turns. Backends whose order is another make the same table, and one more or less moves little but its own share.
/// </summary>
internal static class MaglevTable
{
    private const int MostAddressBytes = 16;

    /// <param name="backends">Where each stands here is its index in the table.</param>
    /// <param name="table">A prime number of positions; stays as it is where no backend has a weight.</param>
    internal static void Fill(ReadOnlySpan<Backend> backends, Span<ushort> table)
    {
        var turns = Turns(backends, table.Length);
        if (turns.Length == 0)
        {
            return;
        }

        var heaviest = turns.Max(turn => turn.Weight);
        var taken = new bool[table.Length];
        for (var free = table.Length; free > 0;)
        {
            for (var i = 0; i < turns.Length && free > 0; i++)
            {
                ref var turn = ref turns[i];
                turn.Credit += turn.Weight;
                if (turn.Credit < heaviest)
                {
                    continue;
                }

                turn.Credit -= heaviest;
                var position = turn.Next;
                while (taken[position])
                {
                    position = After(position, turn.Skip, table.Length);
                }

                taken[position] = true;
                table[position] = turn.Index;
                turn.Next = After(position, turn.Skip, table.Length);
                free--;
            }
        }
    }

    private static int After(int position, int skip, int positions)
    {
        position += skip;
        return position < positions ? position : position - positions;
    }

    private static Turn[] Turns(ReadOnlySpan<Backend> backends, int positions)
    {
        var ordered = new (byte[] Identity, int Index)[backends.Length];
        for (var index = 0; index < backends.Length; index++)
        {
            ordered[index] = (IdentityOf(backends[index]), index);
        }

        Array.Sort(ordered, (a, b) => a.Identity.AsSpan().SequenceCompareTo(b.Identity));
        var turns = new List<Turn>(backends.Length);
        foreach (var (identity, index) in ordered)
        {
            if (backends[index].Weight > 0)
            {
                turns.Add(new Turn
                {
                    Index = (ushort)index,
                    Weight = backends[index].Weight,
                    Next = (int)(IdentityHash.Of(identity, seed: 0) % (ulong)positions),
                    Skip = 1 + (int)(IdentityHash.Of(identity, seed: 1) % (ulong)(positions - 1)),
                });
            }
        }

        return [.. turns];
    }

    /// <summary>Address and port in network order.</summary>
    private static byte[] IdentityOf(Backend backend)
    {
        Span<byte> address = stackalloc byte[MostAddressBytes];
        _ = backend.Address.TryWriteBytes(address, out var length);
        return [.. address[..length], (byte)(backend.Port >> 8), (byte)backend.Port];
    }

    private struct Turn
    {
        internal ushort Index;
        internal int Weight;
        internal long Credit;
        internal int Next;
        internal int Skip;
    }
}
