using System.Collections.Immutable;
using System.Diagnostics;
using Netpol.Model;

namespace Netpol.Semantics;

/// <summary>Who is in a set, word by word from the language's meaning of groups.</summary>
public sealed class Members(NetworkModel model)
{
    private readonly Dictionary<string, IReadOnlyDictionary<string, string>> _declared = DeclaredLabels(model);

    public AddressKinds Kinds { get; } = new(model);

    /// <summary>An address that no endpoint and no node is known to have.</summary>
    public Party Bare(Address address) => new(address, Kinds.Of(address));

    /// <summary>Who has an address in a universe.</summary>
    /// <param name="isNodeItself">A node that has it speaks for itself, and does not forward.</param>
    public Party At(Universe universe, Address address, bool isNodeItself) =>
        universe.EndpointAt(address) is { } endpoint ? Party.Of(endpoint, address)
        : universe.NodeAt(address) is { } node ? new(address, AddressKind.Node, null, isNodeItself ? node.Name : null)
        : Bare(address);

    /// <summary>All labels of an endpoint's namespace: the declared ones where the source declares it.</summary>
    public IReadOnlyDictionary<string, string> NamespaceLabels(Endpoint endpoint) =>
        _declared.TryGetValue(endpoint.Namespace, out var labels) ? labels : endpoint.NamespaceLabels;

    /// <summary>Is <paramref name="party"/> in <paramref name="set"/>?</summary>
    /// <param name="judged">The endpoint whose rule or selection asks; null: <c>host</c> and <c>same namespace</c> hold nobody.</param>
    /// <param name="service">The service that translated the connection to this party, or null.</param>
    public bool Contains(AddressSet set, in Party party, Endpoint? judged = null, string? service = null)
    {
        switch (set)
        {
            case AddressSet.Any:
                return true;
            case AddressSet.World:
                return party.Kind == AddressKind.World;
            case AddressSet.Host:
                return party.Kind == AddressKind.Node && judged is not null && party.Node == judged.Node;
            case AddressSet.Nodes:
                return party.Kind == AddressKind.Node;
            case AddressSet.Cidr cidr:
                return AnyContains(cidr.Include, party.Address) && !AnyContains(cidr.Except, party.Address);
            case AddressSet.Pods pods:
                return party.Endpoint is { } endpoint && InScope(pods.Scope, endpoint, judged)
                    && (pods.Where is null || pods.Where.Holds(endpoint.Labels));
            case AddressSet.Service translated:
                return translated.Name == service;
            case AddressSet.Dns dns:
                return party.Kind == AddressKind.World && judged is not null && IsResolved(dns, party.Address, judged);
            case AddressSet.Named named:
                return Contains(named.Set, party, judged, service);
            case AddressSet.Union union:
                foreach (var part in union.Parts)
                {
                    if (Contains(part, party, judged, service))
                    {
                        return true;
                    }
                }

                return false;
            case AddressSet.Intersection intersection:
                foreach (var part in intersection.Parts)
                {
                    if (!Contains(part, party, judged, service))
                    {
                        return false;
                    }
                }

                return true;
            case AddressSet.Difference difference:
                return Contains(difference.Left, party, judged, service) && !Contains(difference.Right, party, judged, service);
            default:
                throw new UnreachableException();
        }
    }

    private static bool IsResolved(AddressSet.Dns dns, Address address, Endpoint judged) => judged.Resolved
        .Any(resolved => resolved.Address == address && dns.Patterns.Any(pattern => ResolvedName.Matches(pattern, resolved.Name)));

    private bool InScope(NamespaceScope scope, Endpoint endpoint, Endpoint? judged) => scope switch
    {
        NamespaceScope.One one => endpoint.Namespace == one.Name,
        NamespaceScope.Any => true,
        NamespaceScope.Same => judged is not null && endpoint.Namespace == judged.Namespace,
        NamespaceScope.Matching matching => matching.Where.Holds(NamespaceLabels(endpoint)),
        _ => throw new UnreachableException(),
    };

    private static Dictionary<string, IReadOnlyDictionary<string, string>> DeclaredLabels(NetworkModel model)
    {
        var declared = new Dictionary<string, IReadOnlyDictionary<string, string>>(StringComparer.Ordinal);
        foreach (var declaration in model.Namespaces)
        {
            declared[declaration.Name] = new Dictionary<string, string>(declaration.Labels, StringComparer.Ordinal)
            {
                [Endpoint.MetadataName] = declaration.Name,
            };
        }

        return declared;
    }

    private static bool AnyContains(ImmutableArray<Prefix> prefixes, Address address)
    {
        foreach (var prefix in prefixes)
        {
            if (prefix.Contains(address))
            {
                return true;
            }
        }

        return false;
    }
}
