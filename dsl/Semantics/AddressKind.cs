namespace Netpol.Semantics;

/// <summary>What an address is, apart from the sets of the source. Each address is of exactly one kind.</summary>
public enum AddressKind
{
    /// <summary>Unicast and nothing below: what <c>world</c> holds.</summary>
    World,

    /// <summary>An attached container has it.</summary>
    Endpoint,

    /// <summary>A node has it, or it lies in <c>cluster { nodes … }</c>.</summary>
    Node,

    /// <summary>A declared service has it, or it lies in <c>cluster { services … }</c>.</summary>
    Service,

    /// <summary>In <c>cluster { pods … }</c>, and no endpoint known has it: a pod not yet learned.</summary>
    UnknownPod,

    Loopback,

    /// <summary>Multicast, broadcast or unspecified; only <c>any</c> and <c>cidr</c> hold it.</summary>
    NotUnicast,
}
