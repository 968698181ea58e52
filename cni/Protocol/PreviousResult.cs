using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using System.Text.Json;
using Netpol.Cni.Configuration;

namespace Netpol.Cni.Protocol;

/// <summary>
/// What the plugins before this one made: <c>prevResult</c>, or the answer of an IPAM plugin, which has no interfaces.
/// Only what is needed is read; the rest passes through untouched.
/// </summary>
internal sealed record PreviousResult(
    ImmutableArray<PreviousInterface> Interfaces, ImmutableArray<PreviousAddress> Addresses, ImmutableArray<PreviousRoute> Routes)
{
    /// <param name="path">How errors name the element: <c>prevResult</c>.</param>
    public static PreviousResult Read(JsonElement element, string path)
    {
        var fields = JsonFields.Of(element, path);
        return new(
            [.. fields.Array("interfaces").Select((entry, index) => ReadInterface(JsonFields.Of(entry, $"{path}.interfaces[{index}]")))],
            [.. fields.Array("ips").Select((entry, index) => ReadAddress(JsonFields.Of(entry, $"{path}.ips[{index}]")))],
            [.. fields.Array("routes").Select((entry, index) => ReadRoute(JsonFields.Of(entry, $"{path}.routes[{index}]")))]);
    }

    /// <summary>Interfaces of the node: those without a sandbox.</summary>
    public IEnumerable<PreviousInterface> OnHost => Interfaces.Where(entry => entry.Sandbox.Length == 0);

    /// <summary>
    /// Addresses of the named interface of the container. An address that names no interface is the container's: not
    /// every plugin lists interfaces.
    /// </summary>
    public ImmutableArray<IPAddress> AddressesOf(string interfaceName)
    {
        // Not by a query of two steps, for which a native program looks up generic code: a tenth of a millisecond.
        var found = ImmutableArray.CreateBuilder<IPAddress>(Addresses.Length);
        foreach (var address in Addresses)
        {
            if (address.Interface is not { } index ||
                (index >= 0 && index < Interfaces.Length && Interfaces[index].Sandbox.Length > 0 && Interfaces[index].Name == interfaceName))
            {
                found.Add(address.Address);
            }
        }

        return found.DrainToImmutable();
    }

    private static PreviousInterface ReadInterface(JsonFields fields) =>
        new(fields.RequiredString("name"), fields.String("mac") ?? "", fields.String("sandbox") ?? "");

    private static PreviousAddress ReadAddress(JsonFields fields)
    {
        var (address, length) = ReadPrefix(fields, "address", fields.RequiredString("address"));
        return new(address, length, ReadGateway(fields, "gateway"), fields.Integer("interface"));
    }

    private static PreviousRoute ReadRoute(JsonFields fields)
    {
        var (destination, length) = ReadPrefix(fields, "dst", fields.RequiredString("dst"));
        return new(destination, length, ReadGateway(fields, "gw"));
    }

    private static IPAddress? ReadGateway(JsonFields fields, string name) =>
        fields.String(name) is not { Length: > 0 } text ? null
        : IPAddress.TryParse(text, out var gateway) ? gateway
        : throw new CniException(CniErrorCode.InvalidConfig, $"`{fields.Path}.{name}`: `{text}` is no address");

    private static (IPAddress Address, int Length) ReadPrefix(JsonFields fields, string name, string text)
    {
        var slash = text.IndexOf('/');
        if (slash > 0
            && IPAddress.TryParse(text.AsSpan(0, slash), out var address)
            && int.TryParse(text.AsSpan(slash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var length)
            && length <= address.GetAddressBytes().Length * 8)
        {
            return (address, length);
        }

        throw new CniException(
            CniErrorCode.InvalidConfig, $"`{fields.Path}.{name}`: `{text}` is no address with a prefix length", "write it like 10.1.0.5/24");
    }
}

/// <param name="Sandbox">Path of the container's namespace; empty: the node's own.</param>
internal sealed record PreviousInterface(string Name, string Mac, string Sandbox);

/// <param name="Interface">Index into the interfaces; null: not said.</param>
internal sealed record PreviousAddress(IPAddress Address, int PrefixLength, IPAddress? Gateway, int? Interface);

internal sealed record PreviousRoute(IPAddress Destination, int PrefixLength, IPAddress? Gateway);
