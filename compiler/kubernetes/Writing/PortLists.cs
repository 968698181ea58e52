using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using Netpol.Kubernetes.Objects;
using Netpol.Syntax;

namespace Netpol.Kubernetes.Writing;

/// <summary>The port lists of an import: a long one that comes again is declared once, under a name.</summary>
internal sealed class PortLists
{
    private const int ShortestNamed = 3;

    private readonly Dictionary<string, int> _uses = new(StringComparer.Ordinal);
    private readonly List<(string Key, ImmutableArray<PolicyPort> Ports, string Policy)> _lists = [];
    private IReadOnlyDictionary<string, string> _names = new Dictionary<string, string>();

    /// <param name="policy">Gives its name to a list that it is the first to use.</param>
    public void Use(ImmutableArray<PolicyPort> ports, string policy)
    {
        var key = Key(ports);
        var uses = _uses.GetValueOrDefault(key);
        _uses[key] = uses + 1;
        if (uses == 0 && Distinct(ports).Length >= ShortestNamed)
        {
            _lists.Add((key, ports, policy));
        }
    }

    public void Settle()
    {
        var table = new NameTable();
        foreach (var (key, _, policy) in _lists.Where(list => _uses[list.Key] > 1))
        {
            var name = GroupNaming.Tidy($"{policy}-ports");
            table.Wish(key, name, name);
        }

        _names = table.Settle();
    }

    public IEnumerable<PortsSyntax> Declarations() =>
        from list in _lists
        where _names.ContainsKey(list.Key)
        select new PortsSyntax(_names[list.Key], Spelled(list.Ports));

    public ImmutableArray<PortSyntax> Write(ImmutableArray<PolicyPort> ports) =>
        _names.TryGetValue(Key(ports), out var name) ? [new PortSyntax.Reference(name)] : Spelled(ports);

    private static ImmutableArray<PortSyntax> Spelled(ImmutableArray<PolicyPort> ports) => [.. Distinct(ports).Select(Spelled)];

    private static PortSyntax Spelled(PolicyPort port) => port switch
    {
        PolicyPort.All all => new PortSyntax.WholeProtocol(all.Protocol),
        PolicyPort.Numbers numbers => new PortSyntax.Numbers(numbers.First, numbers.Last, numbers.Protocol),
        PolicyPort.Named named => new PortSyntax.Named(named.Name, named.Protocol),
        PolicyPort.Icmp icmp => new PortSyntax.Icmp(icmp.IsV6, IcmpType(icmp), null),
        _ => throw new UnreachableException(),
    };

    private static ImmutableArray<PolicyPort> Distinct(ImmutableArray<PolicyPort> ports) => [.. ports.DistinctBy(Key)];

    private static string Key(ImmutableArray<PolicyPort> ports) =>
        string.Join(',', ports.Select(Key).Distinct().Order(StringComparer.Ordinal));

    private static string Key(PolicyPort port) => port switch
    {
        PolicyPort.All all => all.Protocol,
        PolicyPort.Numbers numbers => $"{numbers.First}-{numbers.Last}/{numbers.Protocol}",
        PolicyPort.Named named => $"port {named.Name}/{named.Protocol}",
        PolicyPort.Icmp icmp => $"icmp {icmp.IsV6} {icmp.Type}",
        _ => throw new UnreachableException(),
    };

    private static Spelled<string> IcmpType(PolicyPort.Icmp icmp) => icmp.Type.ToString(CultureInfo.InvariantCulture);
}
