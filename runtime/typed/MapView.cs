using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Netpol.Loader.Native;

namespace Netpol.Runtime;

/// <summary>
/// A map of the datapath, read as it is laid out in the kernel. Entries come and go while it is read. It stays with the bundle that was
/// in charge when it was opened.
/// </summary>
public sealed class MapView<TKey, TValue> : IDisposable
    where TKey : unmanaged
    where TValue : unmanaged
{
    private readonly BpfMap _map;

    /// <param name="map">Disposed with the view.</param>
    /// <exception cref="ArgumentException">The map's keys or values have other sizes.</exception>
    public MapView(BpfMap map)
    {
        if (map.KeySize != Unsafe.SizeOf<TKey>() || map.ValueSize != Unsafe.SizeOf<TValue>())
        {
            map.Dispose();
            throw new ArgumentException(
                $"map `{map.Name}` has keys of {map.KeySize} and values of {map.ValueSize} bytes, not {Unsafe.SizeOf<TKey>()} and {Unsafe.SizeOf<TValue>()}", nameof(map));
        }

        _map = map;
    }

    public int MaxEntries => _map.MaxEntries;

    public bool TryGet(TKey key, out TValue value)
    {
        value = default;
        return _map.TryLookup(BpfMap.Bytes(ref key), BpfMap.Bytes(ref value));
    }

    /// <summary>Every entry that is still there when its turn comes. Of an array these are all indexes, used or not.</summary>
    public IEnumerable<KeyValuePair<TKey, TValue>> Entries()
    {
        foreach (var bytes in _map.Keys())
        {
            var key = MemoryMarshal.Read<TKey>(bytes);
            if (TryGet(key, out var value))
            {
                yield return new(key, value);
            }
        }
    }

    public void Dispose() => _map.Dispose();
}
