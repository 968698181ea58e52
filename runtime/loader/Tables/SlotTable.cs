using System.Runtime.InteropServices;
using Netpol.Loader.Generations;
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

    /// <summary>
    /// Leaves <paramref name="vacant"/>, which drops as the stub does where there is nothing: an entry that stubs jump to directly is
    /// replaced at once, but deleted only after all processors have been waited for (bpf_arch_poke_desc_update), 6 to 30 ms each.
    /// </summary>
    internal void Clear(int slot, BpfProgram? vacant)
    {
        Clear(maps[From], slot, vacant);
        Clear(maps[To], slot, vacant);
    }

    internal bool IsFilled(int slot) => IsFilled(maps[From], slot) && IsFilled(maps[To], slot);

    private bool IsFilled(BpfMap map, int slot)
    {
        var id = ProgramIn(map, slot);
        if (id == 0)
        {
            return false;
        }

        using var program = BpfProgram.OpenById(id, map.Name);
        return !ProvisionalPrograms.IsVacant(program);
    }

    private void Clear(BpfMap map, int slot, BpfProgram? vacant)
    {
        if (vacant is null)
        {
            map.Delete(Key(slot));
        }
        else if (IsFilled(map, slot))
        {
            Put(map, slot, vacant);
        }
    }

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
