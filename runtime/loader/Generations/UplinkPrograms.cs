using Netpol.Loader.Native;
using Netpol.Loader.Tables;

namespace Netpol.Loader.Generations;

/// <summary>What runs on the node's uplinks: a generation's program by its half of an array, and the stub that finds it (<see cref="Hooks.UplinkHook"/>).</summary>
internal static class UplinkPrograms
{
    /// <summary>What a generation pins of them: it knows no generation, so it stays on a device while these come and go.</summary>
    internal const string Stub = "from_uplink_stub";

    /// <summary>What a driver runs (<see cref="Hooks.XdpHook"/>); a bundle without services has none.</summary>
    internal const string XdpStub = "xdp_uplink_stub";

    private const string Program = "from_uplink";
    private const string Array = "uplink_programs";
    private const string XdpProgram = "xdp_uplink";
    private const string XdpArray = "xdp_programs";

    internal static void Put(BpfObject loaded, MapSet maps, uint generation)
    {
        var descriptor = loaded.ProgramDescriptor(Program) ?? throw new InvalidOperationException($"the bundle's object has no program {Program}");
        Put(maps[Array], generation, descriptor);
        if (loaded.ProgramDescriptor(XdpProgram) is { } xdp)
        {
            Put(maps[XdpArray], generation, xdp);
        }
    }

    /// <summary>Empties a generation's half: what is left there would keep its tables alive.</summary>
    internal static void Clear(PinFolder pins, uint generation)
    {
        var key = generation & 1;
        foreach (var array in (string[])[Array, XdpArray])
        {
            using var map = BpfMap.TryOpen(pins.NodeMap(array));
            map?.Delete(BpfMap.Bytes(ref key));
        }
    }

    private static void Put(BpfMap array, uint generation, int descriptor)
    {
        var key = generation & 1;
        array.Update(BpfMap.Bytes(ref key), BpfMap.Bytes(ref descriptor));
    }
}
