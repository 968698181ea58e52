using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Netpol.Loader.Native;

namespace Netpol.Runtime;

/// <summary>An array of the datapath with a value for each processor.</summary>
public sealed class PerProcessorView<TValue> : IDisposable
    where TValue : unmanaged
{
    private readonly BpfMap _map;

    /// <param name="map">Disposed with the view.</param>
    /// <exception cref="ArgumentException">The map's values have another size.</exception>
    public PerProcessorView(BpfMap map)
    {
        if (map.ValueSize != Unsafe.SizeOf<TValue>())
        {
            map.Dispose();
            throw new ArgumentException($"map `{map.Name}` has values of {map.ValueSize} bytes, not {Unsafe.SizeOf<TValue>()}", nameof(map));
        }

        _map = map;
    }

    public int MaxEntries => _map.MaxEntries;

    /// <summary>One value for each processor that the kernel may ever have, by its number.</summary>
    /// <param name="index">Below <see cref="MaxEntries"/>.</param>
    public TValue[] this[uint index]
    {
        get
        {
            var bytes = _map.LookupPerProcessor(index);
            var values = new TValue[bytes.Length / _map.Stride];
            for (var processor = 0; processor < values.Length; processor++)
            {
                values[processor] = MemoryMarshal.Read<TValue>(bytes.AsSpan(processor * _map.Stride));
            }

            return values;
        }
    }

    public void Dispose() => _map.Dispose();
}
