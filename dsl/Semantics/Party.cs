using Netpol.Model;

namespace Netpol.Semantics;

/// <summary>One end of a connection as sets see it: an address, and what has it.</summary>
/// <param name="Endpoint">Given exactly where <paramref name="Kind"/> is <see cref="AddressKind.Endpoint"/>.</param>
/// <param name="Node">
/// The name of the node that has the address and speaks for itself, so that it is <c>host</c> to the node's endpoints;
/// null where a node only forwards under its address, or is known by the declared range alone.
/// </param>
public readonly record struct Party(Address Address, AddressKind Kind, Endpoint? Endpoint = null, string? Node = null)
{
    public static Party Of(Endpoint endpoint, Address address) => new(address, AddressKind.Endpoint, endpoint);

    public override string ToString() => Endpoint is null ? Address.ToString() : Endpoint.ToString();
}
