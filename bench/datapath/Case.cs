using System.Collections.Immutable;
using System.Net;
using Netpol.Bundle;
using Netpol.Loader.Native;

namespace Netpol.Bench;

/// <summary>One kind of packet: who sends it, in which flows, and what must become of it.</summary>
/// <param name="Hook">The program that is on the device.</param>
/// <param name="FlowAt">The flow with a number; numbers up to <see cref="Driver.MaxFlows"/> give distinct ones.</param>
internal sealed record Case(
    string Name, int Family, Func<World, BpfProgram> Hook, IPAddress Self, IPAddress Peer, bool IsReply, byte Flags, Func<int, Flow> FlowAt)
{
    internal Reason Reason { get; init; } = Reason.Established;

    /// <summary>Of each packet: drops counted, verdicts taken, events written.</summary>
    internal int Drops { get; init; }

    internal int Verdicts { get; init; }

    internal int Events { get; init; }

    internal ImmutableArray<Flow> Flows(int count) => [.. Enumerable.Range(0, count).Select(FlowAt)];
}
