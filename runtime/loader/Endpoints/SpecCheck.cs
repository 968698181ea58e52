using System.Collections.Immutable;
using System.Net;
using System.Text.RegularExpressions;
using Netpol.Loader.Generations;

namespace Netpol.Loader.Endpoints;

/// <summary>Refuses a spec that can't be an endpoint before anything is made of it; a container runtime or a person wrote it.</summary>
internal static partial class SpecCheck
{
    private const int LongestContainerId = 200;

    internal static void Require(EndpointSpec spec)
    {
        RequireIdentity(spec.ContainerId, spec.InterfaceName);
        if (spec.Mac.Length > 0 && !Mac().IsMatch(spec.Mac))
        {
            throw new LoaderException($"`{spec.Mac}` is no hardware address; write it as 02:00:00:00:00:01");
        }

        RequireAddresses(spec.Addresses);
        foreach (var family in spec.Addresses.Select(IPAddress.Parse).GroupBy(address => address.AddressFamily))
        {
            if (family.Count() > EndpointPrograms.MaxOwnAddresses)
            {
                throw new LoaderException(
                    $"a container may have {EndpointPrograms.MaxOwnAddresses} addresses of a family, not {family.Count()}; give it fewer");
            }
        }

        RequirePorts(spec.Ports);
    }

    internal static void Require(RemoteEndpoint endpoint)
    {
        if (endpoint.Key.Length is 0 or > LongestContainerId)
        {
            throw new LoaderException($"`{endpoint.Key}` is no key of an endpoint; use 1 to {LongestContainerId} characters");
        }

        RequireAddresses(endpoint.Addresses);
        RequirePorts(endpoint.Ports);
    }

    /// <summary>The two names are a file's name too.</summary>
    internal static void RequireIdentity(string containerId, string interfaceName)
    {
        if (containerId.Length > LongestContainerId || !ContainerId().IsMatch(containerId))
        {
            throw new LoaderException($"`{containerId}` is no container id; use letters, digits, `_`, `.` and `-`, at most {LongestContainerId}");
        }

        if (!InterfaceName().IsMatch(interfaceName))
        {
            throw new LoaderException($"`{interfaceName}` is no name of an interface; use 1 to 15 characters without `/`, `:` and blanks");
        }
    }

    private static void RequireAddresses(ImmutableArray<string> addresses)
    {
        foreach (var text in addresses)
        {
            if (!IPAddress.TryParse(text, out var address))
            {
                throw new LoaderException($"`{text}` is no address; give addresses without prefix length");
            }
        }
    }

    private static void RequirePorts(ImmutableArray<NamedPort> ports)
    {
        foreach (var port in ports)
        {
            _ = Protocols.Number(port.Protocol);
            if (port.Port is < 1 or > ushort.MaxValue)
            {
                throw new LoaderException($"port `{port.Name}` is {port.Port}; ports are 1 to 65535");
            }
        }
    }

    [GeneratedRegex("^[0-9a-fA-F]{2}(:[0-9a-fA-F]{2}){5}$")]
    private static partial Regex Mac();

    [GeneratedRegex("^[a-zA-Z0-9][a-zA-Z0-9_.-]*$")]
    private static partial Regex ContainerId();

    [GeneratedRegex("^(?!\\.{1,2}$)[^/:\\s]{1,15}$")]
    private static partial Regex InterfaceName();
}
