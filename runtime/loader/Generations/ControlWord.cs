using System.Runtime.InteropServices;
using Netpol.Loader.Abi;
using Netpol.Loader.Native;

namespace Netpol.Loader.Generations;

/// <summary>The word that says which generation is in charge: the one commit point of every change of bundle.</summary>
internal static unsafe class ControlWord
{
    internal const string MapName = "control";

    private const nint Failed = -1;

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
    internal static void Commit(BpfMap control, uint generation)
    {
        var length = (nuint)Environment.SystemPageSize;
        var page = LibC.mmap(0, length, LibC.PROT_READ | LibC.PROT_WRITE, LibC.MAP_SHARED, control.Handle, 0);
        if (page == Failed)
        {
            throw new KernelException("map the control word", Marshal.GetLastPInvokeError());
        }

        Volatile.Write(ref *(uint*)page, generation);
        _ = LibC.munmap(page, length);
    }
}
