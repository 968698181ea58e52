using System.Collections.Immutable;
using System.Diagnostics;
using Netpol.Compiler.Ir;
using Netpol.Model;

namespace Netpol.Compiler.Lowering;

/// <summary>Turns peer and ports of a rule into one condition. After <c>to service S</c>, ports are S's own.</summary>
internal sealed class RuleLowering(
    PeerLowering peers, ImmutableDictionary<string, Service> services, PortNameTable portNames)
{
    public Condition Match(Rule rule) => Match(rule.Peer, rule.Ports);

    // Each part of a union has its own ports: `to db | service S on 80/tcp` is db's port 80 or S's own port 80.
    private Condition Match(AddressSet peer, ImmutableArray<PortMatch> ports)
    {
        if (!peers.MentionsService(peer))
        {
            return Condition.All(peers.Member(peer), Ports(ports, ReceiverPort));
        }

        switch (peer)
        {
            case AddressSet.Named named:
                return Match(named.Set, ports);
            case AddressSet.Service service:
                return Condition.All(peers.Member(service), Ports(ports, port => OwnPort(services[service.Name], port)));
            case AddressSet.Union union:
                ImmutableArray<AddressSet> direct = [.. union.Parts.Where(part => !peers.MentionsService(part))];
                var byService = union.Parts.Where(peers.MentionsService).Select(part => Match(part, ports));
                return direct.IsEmpty
                    ? Condition.AnyOf([.. byService])
                    : Condition.AnyOf([Match(direct.Length == 1 ? direct[0] : new AddressSet.Union(direct), ports), .. byService]);
            default:
                return Condition.All(peers.Member(peer), Ports(ports, ReceiverPort));
        }
    }

    private static Condition Ports(ImmutableArray<PortMatch> ports, Func<PortMatch, Condition> lower) =>
        ports.IsEmpty ? Condition.Always : Condition.AnyOf([.. ports.Select(lower)]);

    private Condition ReceiverPort(PortMatch port) => port switch
    {
        PortMatch.Range { IsWholeProtocol: true } range => new Condition.ProtocolIs(range.Protocol),
        PortMatch.Range range => Condition.All(
            new Condition.ProtocolIs(range.Protocol), new Condition.PortIn(range.First, range.Last)),
        PortMatch.Icmp icmp => Icmp(icmp),
        PortMatch.Named { Protocol: { } protocol } named => Condition.All(
            new Condition.ProtocolIs(protocol), new Condition.PortNamed(portNames.Add(named.Name))),
        PortMatch.Named named => new Condition.PortNamed(portNames.Add(named.Name)),
        _ => throw new UnreachableException(),
    };

    private static Condition OwnPort(Service service, PortMatch port) => port switch
    {
        PortMatch.Range { IsWholeProtocol: true } range => new Condition.ProtocolIs(range.Protocol),
        PortMatch.Range range => Condition.All(
            new Condition.ProtocolIs(range.Protocol), new Condition.ServicePortIn(range.First, range.Last)),
        PortMatch.Icmp icmp => Icmp(icmp),
        PortMatch.Named named => Condition.AnyOf([.. service.Ports
            .Where(own => own.Name == named.Name && (named.Protocol ?? own.Protocol) == own.Protocol)
            .Select(own => Condition.All(
                new Condition.ProtocolIs(own.Protocol), new Condition.ServicePortIn(own.Port, own.Port)))]),
        _ => throw new UnreachableException(),
    };

    // The family is asked too: protocol 1 in IPv6 and 58 in IPv4 are on no standard, but on some wires.
    private static Condition Icmp(PortMatch.Icmp icmp)
    {
        var parts = ImmutableArray.CreateBuilder<Condition>();
        parts.Add(new Condition.FamilyIs(icmp.Family));
        parts.Add(new Condition.ProtocolIs(icmp.Family == IpFamily.V4 ? Protocol.Icmp : Protocol.IcmpV6));
        if (icmp.Type is { } type)
        {
            parts.Add(new Condition.IcmpTypeIs(type));
        }

        if (icmp.Code is { } code)
        {
            parts.Add(new Condition.IcmpCodeIs(code));
        }

        return Condition.All(parts.ToImmutable());
    }
}
