using System.Collections.Immutable;
using Netpol.Model;

namespace Netpol.Semantics;

/// <summary>A node and its own addresses. The name ties endpoints to it.</summary>
public sealed record Node(string Name, ImmutableArray<Address> Addresses)
{
    /// <summary>Null: in none that is known.</summary>
    public string? Zone { get; init; }
}

/// <summary>Everything that is there when a flow is judged: the endpoints of all nodes, and the nodes.</summary>
public sealed class Universe
{
    private readonly Dictionary<Address, Endpoint> _endpoints = [];
    private readonly Dictionary<Address, Node> _nodes = [];

    /// <exception cref="ArgumentException">Two of them have one address.</exception>
    public Universe(ImmutableArray<Endpoint> endpoints, ImmutableArray<Node> nodes)
    {
        (Endpoints, Nodes) = (endpoints, nodes);
        foreach (var endpoint in endpoints)
        {
            foreach (var address in endpoint.Addresses)
            {
                if (_endpoints.TryGetValue(address, out var other) && !ReferenceEquals(other, endpoint))
                {
                    throw new ArgumentException($"`{endpoint}` and `{other}` both have {address}", nameof(endpoints));
                }

                _endpoints[address] = endpoint;
            }
        }

        foreach (var node in nodes)
        {
            foreach (var address in node.Addresses)
            {
                _nodes[address] = node;
            }
        }
    }

    public static Universe Empty { get; } = new([], []);

    public ImmutableArray<Endpoint> Endpoints { get; }

    public ImmutableArray<Node> Nodes { get; }

    public Endpoint? EndpointAt(Address address) => _endpoints.GetValueOrDefault(address);

    public string? ZoneOf(string node) => Nodes.FirstOrDefault(candidate => candidate.Name == node)?.Zone;

    public Node? NodeAt(Address address) => _nodes.GetValueOrDefault(address);
}
