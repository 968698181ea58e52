using Netpol.Loader.Abi;
using Netpol.Loader.Native;

namespace Netpol.Loader.Generations;

/// <summary>The word that says which generation is in charge: the one commit point of every change of bundle.</summary>
internal static class ControlWord
{
    internal const string MapName = "control";

    /// <summary>0: nothing was ever committed under these pins.</summary>
    internal static uint Read(PinFolder pins)
    {
        if (!pins.Exists)
        {
            return 0;
        }

        using var map = BpfMap.TryOpen(pins.NodeMap(MapName));
        Control control = default;
        uint index = 0;
        return map is not null && map.TryLookup(BpfMap.Bytes(ref index), BpfMap.Bytes(ref control)) ? control.Generation : 0;
    }

    /// <summary>One aligned 4-byte store: every packet sees the old generation or the new.</summary>
    internal static void Commit(BpfMap control, uint generation) => control.Store(generation);
}
