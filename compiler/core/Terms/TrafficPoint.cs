using System.Collections.Immutable;
using System.Globalization;
using Netpol.Bundle.Verdicts;
using Netpol.Compiler.Ir;
using Netpol.Model;

namespace Netpol.Compiler.Terms;

/// <summary>One packet of each kind that a condition can tell apart, but for who is at its ends.</summary>
/// <param name="Service">That translated the connection; 0: none.</param>
internal readonly record struct TrafficPoint(
    IpFamily Family, byte Protocol, ushort Port, byte IcmpType, byte IcmpCode, int Service, ushort ServicePort)
{
    private const byte NoKnownProtocol = 0xfd;

    private static readonly ImmutableArray<byte> WithPorts = [(byte)Model.Protocol.Tcp, (byte)Model.Protocol.Udp, (byte)Model.Protocol.Sctp];

    private bool HasPorts => Protocol is (byte)Model.Protocol.Tcp or (byte)Model.Protocol.Udp or (byte)Model.Protocol.Sctp;

    /// <summary>The space and the value in it by which tables know the packet, as the datapath computes them.</summary>
    internal (TrafficSpace Space, ushort Value) InTables => (Protocol, Family) switch
    {
        ((byte)Model.Protocol.Tcp, _) => (TrafficSpace.Tcp, OfPeer),
        ((byte)Model.Protocol.Udp, _) => (TrafficSpace.Udp, OfPeer),
        ((byte)Model.Protocol.Sctp, _) => (TrafficSpace.Sctp, OfPeer),
        ((byte)Model.Protocol.Icmp, IpFamily.V4) => (TrafficSpace.Icmp, TypeAndCode),
        ((byte)Model.Protocol.IcmpV6, IpFamily.V6) => (TrafficSpace.Icmpv6, TypeAndCode),
        (_, IpFamily.V4) => (TrafficSpace.Other4, Protocol),
        _ => (TrafficSpace.Other6, Protocol),
    };

    private ushort OfPeer => Service != 0 ? ServicePort : Port;

    private ushort TypeAndCode => (ushort)((IcmpType << 8) | IcmpCode);

    /// <summary>For people.</summary>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{(Family == IpFamily.V4 ? "IPv4" : "IPv6")} protocol {Protocol}{(HasPorts ? $" port {Port}" : $" type {IcmpType} code {IcmpCode}")}{(Service == 0 ? "" : $" by service {Service} port {ServicePort}")}");

    /// <summary>Every kind that the condition or the terms may tell apart: a value inside of each range, and on either side of its ends.</summary>
    internal static IEnumerable<TrafficPoint> Of(Condition condition, ImmutableArray<VerdictTerm> ofRule, VerdictTerms terms)
    {
        ImmutableArray<(bool IsOfService, TrafficRange Range)> ranges =
            [.. from term in ofRule from range in terms.Traffic[term.Traffic].Ranges select (term.Service != 0, range)];
        IEnumerable<(ushort First, ushort Last)> PortsOf(bool isOfService) =>
            from range in ranges where range.IsOfService == isOfService && range.Range.Space <= TrafficSpace.Sctp select (range.Range.First, range.Range.Last);
        var ofIcmp = ranges.Select(range => range.Range).Where(range => range.Space is TrafficSpace.Icmp or TrafficSpace.Icmpv6).ToList();
        var ofOthers = ranges.Select(range => range.Range).Where(range => range.Space > TrafficSpace.Icmpv6).ToList();
        ImmutableArray<Condition> atoms = [.. Atoms(condition).Distinct()];
        ImmutableArray<ushort> ports = Edges(atoms.OfType<Condition.PortIn>().Select(port => (port.First, port.Last)).Concat(PortsOf(false)));
        ImmutableArray<ushort> ownPorts = Edges(atoms.OfType<Condition.ServicePortIn>().Select(port => (port.First, port.Last)).Concat(PortsOf(true)));
        ImmutableArray<byte> types = Values(atoms.OfType<Condition.IcmpTypeIs>().Select(type => type.Type)
            .Concat(ofIcmp.SelectMany(range => Around(range.First >> 8, range.Last >> 8))));
        ImmutableArray<byte> codes = Values(atoms.OfType<Condition.IcmpCodeIs>().Select(code => code.Code)
            .Concat(ofIcmp.SelectMany(range => Around(range.First & 0xff, range.Last & 0xff))));
        ImmutableArray<byte> others = [.. ofOthers.SelectMany(range => Around(range.First, range.Last)).Append(NoKnownProtocol).Distinct().Where(IsOther)];
        ImmutableArray<int> services = [.. atoms.OfType<Condition.ServiceIs>().Select(service => service.Service).Concat(ofRule.Select(term => term.Service)).Prepend(0).Distinct()];
        // Neither tables nor a rule that does not ask for the family tell the families of TCP, UDP and SCTP apart.
        IpFamily[] both = [IpFamily.V4, IpFamily.V6];
        var ofPorts = atoms.Any(atom => atom is Condition.FamilyIs) ? both : both[..1];
        foreach (var protocol in WithPorts)
        {
            // Nor are there ports to tell apart where neither asks for any of the protocol.
            var space = new TrafficPoint(IpFamily.V4, protocol, 0, 0, 0, 0, 0).InTables.Space;
            var isWhole = !AsksForPorts(condition, protocol) && ranges.All(range => range.Range.Space != space || range.Range is { First: 0, Last: ushort.MaxValue });
            foreach (var family in ofPorts)
            {
                foreach (var service in services)
                {
                    foreach (var port in isWhole ? ports[..1] : ports)
                    {
                        foreach (var own in service == 0 ? [0] : isWhole ? ownPorts[..1] : ownPorts)
                        {
                            yield return new TrafficPoint(family, protocol, port, 0, 0, service, own);
                        }
                    }
                }
            }
        }

        foreach (var family in both)
        {
            foreach (var protocol in new[] { (byte)Model.Protocol.Icmp, (byte)Model.Protocol.IcmpV6 })
            {
                foreach (var type in types)
                {
                    foreach (var code in codes)
                    {
                        yield return new TrafficPoint(family, protocol, 0, type, code, 0, 0);
                    }
                }
            }

            foreach (var protocol in others)
            {
                yield return new TrafficPoint(family, protocol, 0, 0, 0, 0, 0);
            }
        }
    }

    /// <summary>Null: an atom of who is at the ends, or of a name.</summary>
    internal bool? Truth(Condition atom) => atom switch
    {
        Condition.ServiceIs service => service.Service == Service,
        Condition.ProtocolIs protocol => (byte)protocol.Number == Protocol,
        Condition.FamilyIs family => family.Family == Family,
        Condition.PortIn port => port.First <= Port && Port <= port.Last,
        Condition.ServicePortIn port => port.First <= ServicePort && ServicePort <= port.Last,
        Condition.IcmpTypeIs type => type.Type == IcmpType,
        Condition.IcmpCodeIs code => code.Code == IcmpCode,
        // Only what has ports can be called by name.
        Condition.PortNamed when !HasPorts => false,
        _ => null,
    };

    internal static IEnumerable<Condition> Atoms(Condition condition) => condition switch
    {
        Condition.Not not => Atoms(not.Inner),
        Condition.And and => and.Parts.SelectMany(Atoms),
        Condition.Or or => or.Parts.SelectMany(Atoms),
        Condition.True or Condition.False => [],
        _ => [condition],
    };

    /// <summary>False: of packets of the protocol, the condition says the same whatever their ports.</summary>
    private static bool AsksForPorts(Condition condition, byte protocol) => condition switch
    {
        Condition.PortIn or Condition.ServicePortIn => true,
        Condition.Not not => AsksForPorts(not.Inner, protocol),
        Condition.And and => !and.Parts.Any(part => part is Condition.ProtocolIs other && (byte)other.Number != protocol) &&
                             and.Parts.Any(part => AsksForPorts(part, protocol)),
        Condition.Or or => or.Parts.Any(part => AsksForPorts(part, protocol)),
        _ => false,
    };

    private static ImmutableArray<ushort> Edges(IEnumerable<(ushort First, ushort Last)> ranges) =>
    [
        .. ranges.SelectMany(range => new[] { range.First - 1, range.First, range.Last, range.Last + 1 })
            .Append(0).Append(ushort.MaxValue).Where(value => value is >= 0 and <= ushort.MaxValue).Distinct().Select(value => (ushort)value),
    ];

    private static bool IsOther(byte protocol) =>
        !WithPorts.Contains(protocol) && protocol is not ((byte)Model.Protocol.Icmp or (byte)Model.Protocol.IcmpV6);

    private static IEnumerable<byte> Around(int first, int last) =>
        new[] { first - 1, first, last, last + 1 }.Where(value => value is >= 0 and <= byte.MaxValue).Select(value => (byte)value);

    private static ImmutableArray<byte> Values(IEnumerable<byte> named)
    {
        var known = named.Append((byte)0).Distinct().ToList();
        return [.. known, .. Enumerable.Range(0, 256).Select(value => (byte)value).Where(value => !known.Contains(value)).Take(1)];
    }
}
