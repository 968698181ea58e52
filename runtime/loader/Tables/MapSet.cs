using Netpol.Loader.Native;

namespace Netpol.Loader.Tables;

/// <summary>The maps that a generation's programs use, by name; opened when first asked for.</summary>
internal sealed class MapSet : IDisposable
{
    private readonly Lock _lock = new();
    private readonly Func<string, BpfMap?> _open;
    private readonly Dictionary<string, BpfMap?> _maps = new(StringComparer.Ordinal);

    private MapSet(Func<string, BpfMap?> open) => _open = open;

    internal BpfMap this[string name] =>
        Find(name) ?? throw new LoaderException(
            $"map `{name}` is not pinned; pins were removed behind our back: detach the containers and load the bundle again");

    internal static MapSet OfPins(PinFolder pins, uint generation, IReadOnlyCollection<string> nodeMaps) =>
        new(name => BpfMap.TryOpen(nodeMaps.Contains(name) ? pins.NodeMap(name) : pins.GenerationMap(generation, name)));

    internal static MapSet OfObject(BpfObject loaded)
    {
        var names = loaded.MapNames;
        return new MapSet(name => names.Contains(name) ? loaded.Map(name) : null);
    }

    /// <summary>Null where the bundle has no code that uses the map.</summary>
    internal BpfMap? Find(string name)
    {
        lock (_lock)
        {
            if (!_maps.TryGetValue(name, out var map))
            {
                _maps[name] = map = _open(name);
            }

            return map;
        }
    }

    public void Dispose()
    {
        foreach (var map in _maps.Values)
        {
            map?.Dispose();
        }
    }
}
