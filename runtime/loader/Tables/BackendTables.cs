using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Netpol.Loader.Native;

namespace Netpol.Loader.Tables;

/// <summary>What goes into the tables of backends, however it comes about.</summary>
internal static class BackendTables
{
    internal const string Maglev = "maglev";

    internal static ushort[] PositionsOf(BackendList list, ReadOnlySpan<Backend> backends)
    {
        var table = new ushort[list.Positions];
        if (table.Length > 0)
        {
            MaglevTable.Fill(backends, table);
        }

        return table;
    }

    /// <summary>Each position is written once and at once, and only where it is another: whoever reads meanwhile finds a backend of before or of now.</summary>
    /// <param name="lines">From the table's first on.</param>
    internal static void WritePositions(ReadOnlySpan<ushort> table, Span<byte> lines)
    {
        var present = MemoryMarshal.Cast<byte, ushort>(lines)[..table.Length];
        for (var position = 0; position < table.Length; position++)
        {
            if (present[position] != table[position])
            {
                Volatile.Write(ref present[position], table[position]);
            }
        }
    }

    internal static void Put(BpfMap map, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
    {
        try
        {
            map.Update(key, value);
        }
        catch (KernelException e) when (e.IsNoRoom)
        {
            throw new TablesFullException($"the services of this node have more than {map.MaxEntries} backends");
        }
    }

    internal static string MapName(string name, int addressLength) => name + (addressLength == 4 ? "4" : "6");

    /// <summary><c>struct backend4</c>, <c>struct backend6</c>: address, port in network order, two zeros.</summary>
    internal static byte[] ValueOf(Backend backend)
    {
        byte[] value = [.. backend.Address.GetAddressBytes(), 0, 0, 0, 0];
        BinaryPrimitives.WriteUInt16BigEndian(value.AsSpan(value.Length - sizeof(int)), (ushort)backend.Port);
        return value;
    }
}
