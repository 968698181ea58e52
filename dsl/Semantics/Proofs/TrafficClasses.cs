using System.Collections.Immutable;
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

    private readonly ImmutableArray<TrafficClass> _classes;

    public TrafficClasses(Vocabulary vocabulary) =>
        _classes =
        [
            .. WithPorts.SelectMany(protocol => PortClasses(protocol, vocabulary.PortStarts(protocol))),
            .. AddressRegions.Families.SelectMany(family => IcmpClasses(family, vocabulary)),
            new(Traffic.Other(NamelessProtocol), null),
        ];

    public int Count => _classes.Length;

    public TrafficClass this[int index] => _classes[index];

    private static IEnumerable<TrafficClass> PortClasses(Protocol protocol, IEnumerable<int> starts)
    {
        var ordered = starts.ToList();
        for (var index = 0; index < ordered.Count; index++)
        {
            var last = index + 1 < ordered.Count ? ordered[index + 1] - 1 : ushort.MaxValue;

            // Port 0 is legal on the wire and nobody listens there: a poor example where there is another.
            yield return new(Traffic.To(protocol, (ushort)Math.Min(Math.Max(1, ordered[index]), last)), null);
        }
    }

    private static IEnumerable<TrafficClass> IcmpClasses(IpFamily family, Vocabulary vocabulary) =>
        from type in WithAnother(vocabulary.IcmpTypes(family))
        from code in WithAnother(vocabulary.IcmpCodes(family))
        let traffic = Traffic.Icmp(family, type, code)
        where !traffic.IsDiscovery(family)
        select new TrafficClass(traffic, family);

    /// <summary>The values used and, if there is one, a value that is not; echo requests make a good example.</summary>
    private static IEnumerable<byte> WithAnother(IReadOnlySet<byte> used)
    {
        byte[] preferred = [8, 128];
        var another = preferred.Concat(Enumerable.Range(0, 256).Select(value => (byte)value)).Where(value => !used.Contains(value)).Take(1);
        return used.Concat(another);
    }
}

/// <param name="Family">The only family that can carry it; null: both.</param>
internal readonly record struct TrafficClass(Traffic Example, IpFamily? Family);
