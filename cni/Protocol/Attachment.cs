using System.Collections.Immutable;
using System.Net;
using System.Text.Json;

namespace Netpol.Cni.Protocol;

/// <summary>A container's interface made by this plugin, as the runtime is told of it.</summary>
/// <param name="Sandbox">Path of the container's network namespace.</param>
internal sealed record Attachment(
    InterfaceResult Host,
    InterfaceResult Container,
    string Sandbox,
    ImmutableArray<AddressResult> Addresses,
    ImmutableArray<RouteResult> Routes,
    JsonElement? Dns);

/// <param name="Mac">Six bytes in hex with colons.</param>
internal sealed record InterfaceResult(string Name, string Mac);

internal sealed record AddressResult(IPAddress Address, int PrefixLength, IPAddress? Gateway);

internal sealed record RouteResult(IPAddress Destination, int PrefixLength, IPAddress Gateway);
