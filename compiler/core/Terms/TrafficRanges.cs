using System.Collections.Immutable;
using Netpol.Bundle.Verdicts;
using Netpol.Compiler.Ir;
using Netpol.Model;

namespace Netpol.Compiler.Terms;

/// <summary>What a product asks of protocol, ports, type and code, as ranges in each traffic space.</summary>
internal static class TrafficRanges
{
    private static readonly ImmutableArray<TrafficSpace> Spaces = [.. Enum.GetValues<TrafficSpace>()];

    /// <param name="literals">Those of traffic alone.</param>
    /// <param name="isOfService">Ports are the service's own.</param>
    /// <returns>Null: no ranges say it.</returns>
    public static TrafficSet? Of(ImmutableArray<Literal> literals, bool isOfService)
    {
        if (literals.Any(literal => !literal.IsTrue))
        {
            return null;
        }

        ImmutableArray<Condition> atoms = [.. literals.Select(literal => literal.Atom)];
        if (atoms.Any(atom => isOfService ? atom is Condition.PortIn or Condition.PortNamed : atom is Condition.ServicePortIn))
        {
            return null;
        }

        ImmutableArray<TrafficSpace> spaces = [.. Spaces.Where(space => atoms.All(atom => IsPossible(atom, space)))];
        return atoms.OfType<Condition.PortNamed>().ToImmutableArray() switch
        {
            [] => new TrafficSet([.. spaces.SelectMany(space => RangesIn(space, atoms))], []),
            [var named] when atoms.All(atom => atom is Condition.PortNamed or Condition.ProtocolIs) =>
                new TrafficSet([], [.. spaces.Where(HasPorts).Select(space => new NamedTraffic(named.Name, space))]),
            _ => null,
        };
    }

    private static bool HasPorts(TrafficSpace space) => space is TrafficSpace.Tcp or TrafficSpace.Udp or TrafficSpace.Sctp;

    private static bool IsPossible(Condition atom, TrafficSpace space) => atom switch
    {
        Condition.ProtocolIs protocol => space switch
        {
            TrafficSpace.Tcp => protocol.Number == Protocol.Tcp,
            TrafficSpace.Udp => protocol.Number == Protocol.Udp,
            TrafficSpace.Sctp => protocol.Number == Protocol.Sctp,
            TrafficSpace.Icmp => protocol.Number == Protocol.Icmp,
            TrafficSpace.Icmpv6 => protocol.Number == Protocol.IcmpV6,
            // ICMP in IPv6 and ICMPv6 in IPv4 are among the others.
            TrafficSpace.Other4 => protocol.Number == Protocol.IcmpV6,
            TrafficSpace.Other6 => protocol.Number == Protocol.Icmp,
            _ => false,
        },
        Condition.FamilyIs family => space switch
        {
            TrafficSpace.Icmp or TrafficSpace.Other4 => family.Family == IpFamily.V4,
            TrafficSpace.Icmpv6 or TrafficSpace.Other6 => family.Family == IpFamily.V6,
            _ => true,
        },
        _ => true,
    };

    private static IEnumerable<TrafficRange> RangesIn(TrafficSpace space, ImmutableArray<Condition> atoms)
    {
        var (first, last) = (0, (int)ushort.MaxValue);
        var (type, code) = ((int?)null, (int?)null);
        var isEmpty = false;
        foreach (var atom in atoms)
        {
            switch (atom)
            {
                case Condition.PortIn port when HasPorts(space):
                    (first, last) = (Math.Max(first, port.First), Math.Min(last, port.Last));
                    break;
                case Condition.ServicePortIn port when HasPorts(space):
                    (first, last) = (Math.Max(first, port.First), Math.Min(last, port.Last));
                    break;
                // The port of what has none is 0.
                case Condition.PortIn port:
                    isEmpty |= port.First > 0;
                    break;
                case Condition.ServicePortIn port:
                    isEmpty |= port.First > 0;
                    break;
                case Condition.ProtocolIs protocol when space is TrafficSpace.Other4 or TrafficSpace.Other6:
                    (first, last) = (Math.Max(first, (int)protocol.Number), Math.Min(last, (int)protocol.Number));
                    break;
                case Condition.IcmpTypeIs icmp:
                    isEmpty |= type is { } known && known != icmp.Type;
                    type = icmp.Type;
                    break;
                case Condition.IcmpCodeIs icmp:
                    isEmpty |= code is { } known2 && known2 != icmp.Code;
                    code = icmp.Code;
                    break;
                default:
                    break;
            }
        }

        if (space is not (TrafficSpace.Icmp or TrafficSpace.Icmpv6))
        {
            // Type and code of what is no ICMP are 0.
            isEmpty |= type is > 0 || code is > 0;
            return isEmpty || first > last ? [] : [new TrafficRange(space, (ushort)first, (ushort)last)];
        }

        return isEmpty ? []
            : type is { } one ? [code is { } exact ? Range(space, one, exact, exact) : Range(space, one, 0, byte.MaxValue)]
            : code is { } any ? Enumerable.Range(0, 256).Select(each => Range(space, each, any, any))
            : [new TrafficRange(space, 0, ushort.MaxValue)];
    }

    private static TrafficRange Range(TrafficSpace space, int type, int firstCode, int lastCode) =>
        new(space, (ushort)((type << 8) | firstCode), (ushort)((type << 8) | lastCode));
}
