using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Netpol.Loader.Native;

namespace Netpol.Bench;

/// <summary>floor.bpf.c with a table that knows the flows: driven as the datapath is, in the same order.</summary>
internal sealed class FloorProgram : IDisposable
{
    private const int Tcp = 6;

    private readonly BpfObject _object;
    private readonly BpfProgram _program;

    internal FloorProgram(byte[] driver, Case remote, int entries, int valueSize, int flows)
    {
        _object = BpfSource.Load(
            BpfSource.Compile("floor.bpf.c", $"FLOOR_ENTRIES={entries}", $"FLOOR_VALUE={valueSize}"), "floor.bpf.o");
        _program = _object.Program($"floor{remote.Family}");
        Driver = new Driver(driver, remote.Self, remote.Peer, false, remote.Flags);
        Driver.Test(_program);
        var known = remote.Flows(flows);
        var table = _object.Map($"table{remote.Family}");
        foreach (var flow in known)
        {
            table.Update(Key(remote, flow), new byte[valueSize]);
        }

        Driver.Plan(Flow.Shuffle(known));
    }

    internal Driver Driver { get; }

    /// <summary>Packets whose flow the table did not know.</summary>
    internal ulong Misses
    {
        get
        {
            var value = new byte[8];
            return _object.Map("misses").TryLookup(new byte[4], value) ? BitConverter.ToUInt64(value) : 0;
        }
    }

    public void Dispose()
    {
        Driver.Dispose();
        _program.Dispose();
        _object.Dispose();
    }

    // struct key4, key6.
    private static byte[] Key(Case remote, Flow flow)
    {
        var peer = remote.Peer.GetAddressBytes();
        BinaryPrimitives.WriteUInt32LittleEndian(peer.AsSpan()[^4..], flow.Peer);
        byte[] ports = new byte[4];
        MemoryMarshal.Write(ports, flow.Port);
        MemoryMarshal.Write(ports.AsSpan(2), flow.ServerPort);
        return [.. remote.Self.GetAddressBytes(), .. peer, .. ports, .. BitConverter.GetBytes(Tcp)];
    }
}
