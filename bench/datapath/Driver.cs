using System.Collections.Immutable;
using System.Net;
using System.Runtime.InteropServices;
using Netpol.Loader.Native;

namespace Netpol.Bench;

/// <summary>A program under test with the packets it is given: driver.bpf.c, loaded, and its plan.</summary>
internal sealed class Driver : IDisposable
{
    internal const int MaxFlows = 32_768;

    // struct plan of driver.bpf.c.
    private const int Next = 4, IsReply = 8, Checksums = 12, Self = 16, Peer = 32, Flows = 48;

    private readonly BpfObject _object;
    private readonly BpfProgram _program;
    private readonly BpfMap _plan;
    private readonly byte[] _frame;
    private readonly byte[] _value;
    private readonly int _flags;

    /// <summary>struct __sk_buff: a packet that has come in by a device, as every packet at these hooks has.</summary>
    private readonly byte[] _context = new byte[192];

    /// <param name="self">The address that all flows share; it sends unless <paramref name="isReply"/>.</param>
    /// <param name="peer">What the flows' peers have in common.</param>
    internal Driver(byte[] elf, IPAddress self, IPAddress peer, bool isReply, byte flags)
    {
        _object = BpfSource.Load(elf, "driver.bpf.o");
        var isV6 = self.GetAddressBytes().Length == 16;
        _program = _object.Program(isV6 ? "drive6" : "drive4");
        _plan = _object.Map("plan");
        _flags = 14 + (isV6 ? 40 : 20) + 13;
        _frame = TcpFrame.Of(isReply ? peer : self, isReply ? self : peer, flags);
        _value = new byte[_plan.ValueSize];
        _value[IsReply] = (byte)(isReply ? 1 : 0);
        BitConverter.TryWriteBytes(_value.AsSpan(Checksums), TcpFrame.IpChecksum);
        BitConverter.TryWriteBytes(_value.AsSpan(Checksums + 2), TcpFrame.TcpChecksum);
        self.GetAddressBytes().CopyTo(_value, Self);
        peer.GetAddressBytes().CopyTo(_value, Peer);
        // ingress_ifindex is the tenth word.
        _context[36] = 1;
    }

    internal void Test(BpfProgram program) =>
        _object.Map("under_test").Update(new byte[4], BitConverter.GetBytes(program.Handle.Number));

    internal void Plan(ImmutableArray<Flow> flows)
    {
        BitConverter.TryWriteBytes(_value.AsSpan(0), flows.Length);
        _value.AsSpan(Next, 4).Clear();
        MemoryMarshal.AsBytes(flows.AsSpan()).CopyTo(_value.AsSpan(Flows));
        _plan.Update(new byte[4], _value);
    }

    internal void Run(int packets) => _program.TestRunMany(_frame, _context, packets);

    /// <summary>The same packets with other TCP flags.</summary>
    internal void Run(int packets, byte flags)
    {
        var frame = (byte[])_frame.Clone();
        frame[_flags] = flags;
        _program.TestRunMany(frame, _context, packets);
    }

    /// <summary>Nanoseconds a packet of this thread's CPU time.</summary>
    internal double Time(int packets)
    {
        var start = Processor.Nanoseconds();
        Run(packets);
        return (Processor.Nanoseconds() - start) / packets;
    }

    public void Dispose()
    {
        _program.Dispose();
        _object.Dispose();
    }
}
