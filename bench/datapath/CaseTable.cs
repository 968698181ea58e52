using System.Buffers.Binary;
using System.Net;
using Netpol.Bundle;
using Netpol.Loader.Native;

namespace Netpol.Bench;

/// <summary>The cases, of both families. Each has server ports of its own, so that no two share a connection.</summary>
internal static class CaseTable
{
    internal const string Remote = "established-remote", Local = "established-local", Service = "established-local-service";
    internal const string Reply = "-reply", New = "new", NewFull = "new-full", NewService = "new-service";
    internal const string Deny = "deny", DenyEvent = "deny-event", DenyScan = "deny-scan", Floor = "floor", Lookup = "lookup";

    /// <summary>So many ports that hardly a denial is still remembered: <c>DENIED_ENTRIES</c> of abi.h are 512.</summary>
    internal const int LeastScanned = 10_000;

    /// <summary>32,000 flows have peers at this many addresses.</summary>
    private const int RemotePeers = 256;
    private const int FirstClientPort = 10_000, PortsOfTurn = 20_000;
    private const int RemotePort = 8001, LocalPort = 8002, NewPort = 8003, FirstFullPort = 8100, FirstScannedPort = 20_000;

    /// <summary>Each a pair: the packets of the end that began, and the answers.</summary>
    /// <param name="turn">Another one has other flows; 0 or 1.</param>
    internal static IEnumerable<(Case Forward, Case Reply)> Established(int family, int turn = 0)
    {
        var shift = turn * PortsOfTurn;
        var (client, server, service, remote) = Addresses(family);
        var first = FirstOf(remote);
        yield return Pair(
            new Case(Remote, family, world => world.FromClient, client, remote, false, TcpFrame.Ack, i => At(first + (uint)(i % RemotePeers), i + shift, RemotePort)),
            world => world.ToClient, remote);
        yield return Pair(
            new Case(Local, family, world => world.FromClient, client, server, false, TcpFrame.Ack, i => At(FirstOf(server), i + shift, LocalPort)),
            world => world.FromServer, server);
        var (forward, reply) = Pair(
            new Case(Service, family, world => world.FromClient, client, service, false, TcpFrame.Ack, i => At(FirstOf(service), i + shift, PolicySource.FirstPort)),
            world => world.FromServer, server);
        yield return (forward, reply with { FlowAt = i => At(FirstOf(server), i + shift, PolicySource.FirstPort) });
    }

    /// <summary>The remote pair with a peer of its own in a prefix of its own for each flow.</summary>
    internal static (Case Forward, Case Reply) OfPrefixes(int prefixes)
    {
        var (client, _, _, remote) = Addresses(4);
        var step = Math.Max(1, prefixes / Driver.MaxFlows);
        return Pair(
            new Case(
                Remote, 4, world => world.FromClient, client, remote, false, TcpFrame.Ack,
                i => At(PolicySource.Network(i * step % prefixes) + 1, i, RemotePort)),
            world => world.ToClient, remote);
    }

    /// <summary>Of one flow; what is denied again is remembered.</summary>
    internal static IEnumerable<Case> Denied(int family)
    {
        yield return DeniedOn(Deny, family, _ => PolicySource.DeniedPort) with { Reason = Reason.DefaultDeny };
        yield return DeniedOn(DenyEvent, family, _ => PolicySource.LoggedPort) with { Reason = Reason.Rule, Events = 1 };
    }

    /// <summary>Each flow to a port of its own, more of them than are remembered.</summary>
    internal static Case Scan(int family) => DeniedOn(DenyScan, family, i => FirstScannedPort + i) with { Reason = Reason.DefaultDeny };

    internal static IEnumerable<Case> First(int family)
    {
        var (client, server, service, _) = Addresses(family);
        yield return FirstTo(New, family, client, server, NewPort);
        yield return FirstTo(NewService, family, client, service, PolicySource.FirstPort);
    }

    /// <param name="turn">No two turns have a flow in common.</param>
    internal static Case FirstInFullTable(int family, int turn)
    {
        var (client, server, _, _) = Addresses(family);
        return FirstTo(NewFull, family, client, server, FirstFullPort + turn);
    }

    private static Case DeniedOn(string name, int family, Func<int, int> port)
    {
        var (client, server, _, _) = Addresses(family);
        return new Case(name, family, world => world.FromClient, client, server, false, TcpFrame.Syn, i => At(FirstOf(server), i, port(i)))
        {
            Drops = 1,
            Verdicts = 1,
        };
    }

    private static Case FirstTo(string name, int family, IPAddress client, IPAddress peer, int port) => new(
        name, family, world => world.FromClient, client, peer, false, TcpFrame.Syn, i => At(FirstOf(peer), i, port))
    {
        Reason = Reason.Rule,
        Verdicts = 2,
    };

    private static (Case Forward, Case Reply) Pair(Case forward, Func<World, BpfProgram> hook, IPAddress peer) =>
        (forward, forward with { Name = forward.Name + Reply, Hook = hook, Peer = peer, IsReply = true });

    private static Flow At(uint peer, int index, int serverPort) => Flow.Of(peer, FirstClientPort + index, serverPort);

    private static (IPAddress Client, IPAddress Server, IPAddress Service, IPAddress Remote) Addresses(int family) => family == 4
        ? (World.Client4, World.Server4, IPAddress.Parse(PolicySource.Service4), IPAddress.Parse("198.18.0.1"))
        : (World.Client6, World.Server6, IPAddress.Parse(PolicySource.Service6), IPAddress.Parse("2001:db8:18::1"));

    /// <summary>The part of the address that a flow has of its own.</summary>
    private static uint FirstOf(IPAddress address) => BinaryPrimitives.ReadUInt32BigEndian(address.GetAddressBytes().AsSpan()[^4..]);
}
