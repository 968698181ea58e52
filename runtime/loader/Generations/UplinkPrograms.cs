using Netpol.Loader.Native;
using Netpol.Loader.Tables;

namespace Netpol.Loader.Generations;

/// <summary>What runs on the node's uplinks: a generation's program by its half of an array, and the stub that finds it (<see cref="Hooks.UplinkHook"/>).</summary>
internal static class UplinkPrograms
{
    /// <summary>What a generation pins of them: it knows no generation, so it stays on a device while these come and go.</summary>
    internal const string Stub = "from_uplink_stub";

    private const string Program = "from_uplink";
    private const string Array = "uplink_programs";

    internal static void Put(BpfObject loaded, MapSet maps, uint generation)
    {
        var key = generation & 1;
        var descriptor = loaded.ProgramDescriptor(Program) ?? throw new InvalidOperationException($"the bundle's object has no program {Program}");
        maps[Array].Update(BpfMap.Bytes(ref key), BpfMap.Bytes(ref descriptor));
    }

    /// <summary>Empties a generation's half: what is left there would keep its tables alive.</summary>
    internal static void Clear(PinFolder pins, uint generation)
    {
        var key = generation & 1;
        using var map = BpfMap.TryOpen(pins.NodeMap(Array));
        map?.Delete(BpfMap.Bytes(ref key));
    }
}
