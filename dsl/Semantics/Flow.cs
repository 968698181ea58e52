using Netpol.Model;

namespace Netpol.Semantics;

/// <summary>The first packet of a connection, as its sender sent it: before any translation.</summary>
/// <param name="Sender">
/// The endpoint that sends it; null: whoever has <paramref name="Source"/>. Another's source address is denied.
/// </param>
/// <param name="Source">Of the same family as <paramref name="Destination"/>.</param>
/// <param name="IsFromNodeSocket">
/// The source is a node's address and a socket of that node sends it; without, the node forwards or masquerades.
/// </param>
public sealed record Flow(
    Address Source, Address Destination, Traffic Traffic, Endpoint? Sender = null, bool IsFromNodeSocket = false)
{
    /// <summary>The node on which it comes in from outside; null: not known, or as its destination says.</summary>
    public string? EntersOn { get; init; }

    public IpFamily Family => Destination.Family;
}
