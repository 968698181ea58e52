using System.Collections.Immutable;
using System.Diagnostics;
using Netpol.Model;

namespace Netpol.Semantics.Proofs;

/// <summary>
/// Every word by which a model tells flows apart: label keys and values, namespaces, prefixes, ports, ICMP types, port
/// names. Whatever agrees on all of them has the same verdict, so a proof over the words is one over everything.
/// </summary>
internal sealed class Vocabulary
{
    private readonly SortedDictionary<string, SortedSet<string>> _labels = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, SortedSet<string>> _namespaceLabels = new(StringComparer.Ordinal);
    private readonly SortedSet<string> _namespaces = new(StringComparer.Ordinal);
    private readonly SortedSet<string> _portNames = new(StringComparer.Ordinal);
    private readonly SortedSet<string> _dnsPatterns = new(StringComparer.Ordinal);
    private readonly List<Prefix> _prefixes;
    private readonly Dictionary<Protocol, SortedSet<int>> _portStarts = [];
    private readonly Dictionary<IpFamily, SortedSet<byte>> _icmpTypes = AddressRegions.Families.ToDictionary(family => family, _ => new SortedSet<byte>());
    private readonly Dictionary<IpFamily, SortedSet<byte>> _icmpCodes = AddressRegions.Families.ToDictionary(family => family, _ => new SortedSet<byte>());

    public Vocabulary(NetworkModel model, AddressKinds kinds)
    {
        _prefixes = [.. kinds.Boundaries];
        foreach (var declaration in model.Namespaces)
        {
            _namespaces.Add(declaration.Name);
        }

        foreach (var policy in model.Policies)
        {
            Add(policy.For);
            foreach (var rule in policy.Blocks.SelectMany(block => block.Rules))
            {
                Add(rule.Peer);
                Add(rule.Ports);
            }
        }

        foreach (var service in model.Services)
        {
            Add(service);
        }

        foreach (var qos in model.Qos)
        {
            Add(qos.For);
        }

        foreach (var assertion in model.Assertions)
        {
            Add(assertion.From);
            Add(assertion.To);
            Add(assertion.Ports);
        }

        foreach (var assumption in model.Assumptions)
        {
            Add(assumption.Endpoints);
        }

        foreach (var line in model.Tests.SelectMany(test => test.Lines))
        {
            Add(line.From);
            Add(line.To);
            Add(line.Ports);
        }
    }

    /// <summary>Keys of endpoints' labels, and the values that some predicate asks for.</summary>
    public IReadOnlyDictionary<string, SortedSet<string>> Labels => _labels;

    /// <summary>Keys of namespaces' labels but <see cref="Endpoint.MetadataName"/>, which the name already says.</summary>
    public IReadOnlyDictionary<string, SortedSet<string>> NamespaceLabels => _namespaceLabels;

    public IReadOnlyCollection<string> Namespaces => _namespaces;

    public IReadOnlyCollection<string> PortNames => _portNames;

    /// <summary>Patterns of <c>dns</c>.</summary>
    public IReadOnlyCollection<string> DnsPatterns => _dnsPatterns;

    public IEnumerable<Prefix> Prefixes => _prefixes;

    /// <summary>Where ports begin to mean something else, ascending from 0.</summary>
    public IEnumerable<int> PortStarts(Protocol protocol) => _portStarts.GetValueOrDefault(protocol) ?? [0];

    public IReadOnlySet<byte> IcmpTypes(IpFamily family) => _icmpTypes[family];

    public IReadOnlySet<byte> IcmpCodes(IpFamily family) => _icmpCodes[family];

    private void Add(Service service)
    {
        foreach (var port in service.Ports)
        {
            if (port.Target is TargetPort.Number number)
            {
                Add(new PortMatch.Range(port.Protocol, number.Port, number.Port));
            }
            else if (port.Target is TargetPort.Named named)
            {
                _portNames.Add(named.Name);
            }
        }

        foreach (var from in service.LoadBalancers.Select(balancer => balancer.From).OfType<AddressSet>())
        {
            Add(from);
        }

        if (service.Backends is BackendSource.Endpoints endpoints)
        {
            Add(endpoints.Set);
        }
        else if (service.Backends is BackendSource.Literal literal)
        {
            _prefixes.AddRange(literal.Backends.Select(backend => Prefix.Of(backend.Address)));
        }
    }

    private void Add(TestSide side)
    {
        if (side is TestSide.Set set)
        {
            Add(set.Addresses);
        }
        else if (side is TestSide.Pod pod)
        {
            _namespaces.Add(pod.Namespace);
        }
    }

    private void Add(ImmutableArray<PortMatch> ports)
    {
        foreach (var port in ports)
        {
            Add(port);
        }
    }

    private void Add(PortMatch port)
    {
        switch (port)
        {
            case PortMatch.Range range:
                if (!_portStarts.TryGetValue(range.Protocol, out var starts))
                {
                    _portStarts.Add(range.Protocol, starts = [0]);
                }

                starts.Add(range.First);
                if (range.Last < ushort.MaxValue)
                {
                    starts.Add(range.Last + 1);
                }

                break;
            case PortMatch.Icmp icmp:
                _icmpTypes[icmp.Family].UnionWith(icmp.Type is { } type ? [type] : []);
                _icmpCodes[icmp.Family].UnionWith(icmp.Code is { } code ? [code] : []);
                break;
            case PortMatch.Named named:
                _portNames.Add(named.Name);
                break;
            default:
                throw new UnreachableException();
        }
    }

    private void Add(AddressSet set)
    {
        switch (set)
        {
            case AddressSet.Any or AddressSet.World or AddressSet.Host or AddressSet.Nodes or AddressSet.Service:
                break;
            case AddressSet.Dns dns:
                _dnsPatterns.UnionWith(dns.Patterns);
                break;
            case AddressSet.Cidr cidr:
                _prefixes.AddRange(cidr.Include);
                _prefixes.AddRange(cidr.Except);
                break;
            case AddressSet.Pods pods:
                Add(pods.Scope);
                Add(pods.Where, _labels);
                break;
            case AddressSet.Named named:
                Add(named.Set);
                break;
            case AddressSet.Union union:
                Add(union.Parts);
                break;
            case AddressSet.Intersection intersection:
                Add(intersection.Parts);
                break;
            case AddressSet.Difference difference:
                Add([difference.Left, difference.Right]);
                break;
            default:
                throw new UnreachableException();
        }
    }

    private void Add(ImmutableArray<AddressSet> sets)
    {
        foreach (var set in sets)
        {
            Add(set);
        }
    }

    private void Add(NamespaceScope scope)
    {
        if (scope is NamespaceScope.One one)
        {
            _namespaces.Add(one.Name);
        }
        else if (scope is NamespaceScope.Matching matching)
        {
            Add(matching.Where, _namespaceLabels);
            if (_namespaceLabels.Remove(Endpoint.MetadataName, out var names))
            {
                _namespaces.UnionWith(names);
            }
        }
    }

    private static void Add(LabelPredicate? predicate, SortedDictionary<string, SortedSet<string>> keys)
    {
        switch (predicate)
        {
            case null:
                break;
            case LabelPredicate.Equal equal:
                Add(keys, equal.Key, [equal.Value]);
                break;
            case LabelPredicate.NotEqual notEqual:
                Add(keys, notEqual.Key, [notEqual.Value]);
                break;
            case LabelPredicate.In @in:
                Add(keys, @in.Key, @in.Values);
                break;
            case LabelPredicate.NotIn notIn:
                Add(keys, notIn.Key, notIn.Values);
                break;
            case LabelPredicate.Has has:
                Add(keys, has.Key, []);
                break;
            case LabelPredicate.Not not:
                Add(not.Inner, keys);
                break;
            case LabelPredicate.And and:
                and.Parts.ToList().ForEach(part => Add(part, keys));
                break;
            case LabelPredicate.Or or:
                or.Parts.ToList().ForEach(part => Add(part, keys));
                break;
            default:
                throw new UnreachableException();
        }
    }

    private static void Add(SortedDictionary<string, SortedSet<string>> keys, string key, IEnumerable<string> values)
    {
        if (!keys.TryGetValue(key, out var known))
        {
            keys.Add(key, known = new(StringComparer.Ordinal));
        }

        known.UnionWith(values);
    }
}
