using System.Collections.Immutable;
using System.Diagnostics;
using Netpol.Model;

namespace Netpol.Semantics.Proofs;

/// <summary>
/// All packets that a new connection may begin with, in classes that no rule tells apart; each has an example. Discovery
/// is none of them, it passes without a verdict; ICMP errors are: one about no known connection is judged for itself.
/// </summary>
internal sealed class TrafficClasses
{
    /// <summary>GRE stands for every protocol that the language has no word for.</summary>
    private const byte NamelessProtocol = 47;

    private static readonly ImmutableArray<Protocol> WithPorts = [Protocol.Tcp, Protocol.Udp, Protocol.Sctp];

    private static readonly ImmutableArray<int> UsualPorts = [80, 443, 53];

    private readonly ImmutableArray<TrafficClass> _classes;
    private readonly Dictionary<(Protocol Protocol, int First), int> _byFirstPort = [];
    private readonly Dictionary<(Protocol Protocol, int Last), int> _byLastPort = [];

    public TrafficClasses(Vocabulary vocabulary)
    {
        _classes =
        [
            .. WithPorts.SelectMany(protocol => PortClasses(protocol, vocabulary.PortStarts(protocol))),
            .. AddressRegions.Families.SelectMany(family => IcmpClasses(family, vocabulary)),
            new TrafficClass.Nameless(Traffic.Other(NamelessProtocol)),
        ];
        for (var index = 0; index < _classes.Length; index++)
        {
            if (_classes[index] is TrafficClass.Ports ports)
            {
                _byFirstPort.Add((ports.Protocol, ports.First), index);
                _byLastPort.Add((ports.Protocol, ports.Last), index);
            }
        }
    }

    public int Count => _classes.Length;

    public TrafficClass this[int index] => _classes[index];

    /// <summary>The classes that a match means; not for one by name, which the receiver decides.</summary>
    public int Matching(Choice traffic, PortMatch match) => match switch
    {
        PortMatch.Range range => traffic.Range(_byFirstPort[(range.Protocol, range.First)], _byLastPort[(range.Protocol, range.Last)]),
        PortMatch.Icmp icmp => traffic.Where(index => _classes[index] is TrafficClass.Icmp known && known.Family == icmp.Family
            && PortMatching.Matches(icmp, known.Example, icmp.Family)),
        _ => throw new UnreachableException(),
    };

    private static IEnumerable<TrafficClass> PortClasses(Protocol protocol, IEnumerable<int> starts)
    {
        var ordered = starts.ToList();
        for (var index = 0; index < ordered.Count; index++)
        {
            var last = index + 1 < ordered.Count ? ordered[index + 1] - 1 : ushort.MaxValue;

            // Port 0 is legal on the wire and nobody listens there: a poor example where there is another.
            var usual = UsualPorts.FirstOrDefault(port => port >= ordered[index] && port <= last, Math.Max(1, ordered[index]));
            var example = Traffic.To(protocol, (ushort)Math.Min(usual, last));
            yield return new TrafficClass.Ports(example, protocol, (ushort)ordered[index], (ushort)last);
        }
    }

    private static IEnumerable<TrafficClass> IcmpClasses(IpFamily family, Vocabulary vocabulary) =>
        from type in WithAnother(vocabulary.IcmpTypes(family))
        from code in WithAnother(vocabulary.IcmpCodes(family))
        let traffic = Traffic.Icmp(family, type, code)
        where !traffic.IsDiscovery(family)
        select new TrafficClass.Icmp(
            traffic,
            family,
            vocabulary.IcmpTypes(family).Contains(type) ? type : null,
            vocabulary.IcmpCodes(family).Contains(code) ? code : null);

    /// <summary>The values used and, if there is one, a value that is not; echo requests make a good example.</summary>
    private static IEnumerable<byte> WithAnother(IReadOnlySet<byte> used)
    {
        byte[] preferred = [8, 128];
        var another = preferred.Concat(Enumerable.Range(0, 256).Select(value => (byte)value)).Where(value => !used.Contains(value)).Take(1);
        return used.Concat(another);
    }
}

/// <summary>Packets that no rule tells apart.</summary>
/// <param name="Example">One of them.</param>
internal abstract record TrafficClass(Traffic Example)
{
    /// <summary>The only family that can carry it; null: both.</summary>
    public IpFamily? CarriedBy => this is Icmp icmp ? icmp.Family : null;

    /// <summary>Ports of one protocol, both ends included.</summary>
    public sealed record Ports(Traffic Example, Protocol Protocol, ushort First, ushort Last) : TrafficClass(Example);

    /// <param name="Type">Null: any type that no rule names.</param>
    /// <param name="Code">Likewise.</param>
    public sealed record Icmp(Traffic Example, IpFamily Family, byte? Type, byte? Code) : TrafficClass(Example);

    /// <summary>Protocols that the language has no word for.</summary>
    public sealed record Nameless(Traffic Example) : TrafficClass(Example);
}
