using System.Runtime.InteropServices;
using Netpol.Loader.Native;

namespace Netpol.Loader.Tables;

/// <summary>One generation's half of <c>from_endpoint_programs</c> and <c>to_endpoint_programs</c>: index 2 * slot + parity.</summary>
internal sealed class SlotTable(MapSet maps, uint generation)
{
    private const string From = "from_endpoint_programs";
    private const string To = "to_endpoint_programs";

    /// <summary>The receiving half first: what is sent must find the receiver's program in place.</summary>
    internal void Put(int slot, BpfProgram fromEndpoint, BpfProgram toEndpoint)
    {
        Put(maps[To], slot, toEndpoint);
        Put(maps[From], slot, fromEndpoint);
    }

    internal void Clear(int slot)
    {
        maps[From].Delete(Key(slot));
        maps[To].Delete(Key(slot));
    }

    internal bool IsFilled(int slot) => ProgramIn(maps[From], slot) != 0 && ProgramIn(maps[To], slot) != 0;

    /// <summary>The program's id; 0: the slot is empty.</summary>
    private uint ProgramIn(BpfMap map, int slot)
    {
        uint id = 0;
        return map.TryLookup(Key(slot), BpfMap.Bytes(ref id)) ? id : 0;
    }

    private void Put(BpfMap map, int slot, BpfProgram program)
    {
        var descriptor = program.Handle.Number;
        map.Update(Key(slot), BpfMap.Bytes(ref descriptor));
    }

    private byte[] Key(int slot)
    {
        var key = new byte[sizeof(uint)];
        MemoryMarshal.Write(key, 2 * (uint)slot + (generation & 1));
        return key;
    }
}
