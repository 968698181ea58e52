using System.Collections.Immutable;

namespace Netpol.Loader.State;

/// <summary>Lists in the binary files of the state folder: their length, then each item.</summary>
internal static class BinaryLists
{
    internal static void WriteList<T>(this BinaryWriter to, ImmutableArray<T> items, Action<T> write)
    {
        to.Write(items.Length);
        foreach (var item in items)
        {
            write(item);
        }
    }

    internal static ImmutableArray<T> ReadList<T>(this BinaryReader from, Func<T> read)
    {
        var items = ImmutableArray.CreateBuilder<T>(from.ReadInt32());
        while (items.Count < items.Capacity)
        {
            items.Add(read());
        }

        return items.MoveToImmutable();
    }
}
