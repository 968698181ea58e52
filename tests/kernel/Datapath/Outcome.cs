using Netpol.Bundle;
using Netpol.Loader.Abi;
using Netpol.Testing.Packets;

namespace Netpol.Tests.Kernel.Datapath;

/// <summary><c>enum exit</c> of abi.h: how a packet left the datapath.</summary>
public enum Exit : byte
{
    None = 0,
    Stack = 1,
    Peer = 2,
    Drop = 3,
    Reject = 4,
    Neighbour = 5,
}

/// <summary>What became of one packet: the record that finish() left, what the hook answered, and the packet afterwards.</summary>
internal sealed record Outcome(FlowRecord Record, int Answer, byte[] Frame)
{
    internal Verdict Verdict => (Verdict)Record.Verdict;

    internal Reason Reason => (Reason)Record.Reason;

    internal Exit Exit => (Exit)Record.Exit;

    internal (Exit Exit, Reason Reason) Way => (Exit, Reason);

    /// <summary>The packet as it left, every checksum verified.</summary>
    internal Packet Packet => PacketReader.Read(Frame);
}
