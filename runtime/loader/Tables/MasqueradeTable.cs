using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using Netpol.Loader.Abi;
using Netpol.Loader.Native;
using Netpol.Loader.Network;

namespace Netpol.Loader.Tables;

/// <summary>
/// <c>masquerade</c>: the address by which backends on other nodes know a client from outside, and ports that no socket of the node is given by
/// itself. The address is one that others take for a node's, if there is any: of an uplink before others.
/// </summary>
internal static class MasqueradeTable
{
    private const string MapName = "masquerade";
    private const string PortRange = "/proc/sys/net/ipv4/ip_local_port_range";

    /// <summary>Below are ports of well-known services.</summary>
    private const int LowestPort = 1024;

    /// <param name="nodeRanges">As the bundle declares them.</param>
    /// <param name="uplinks">Names of devices.</param>
    internal static void Write(MapSet maps, ImmutableArray<string> nodeRanges, ImmutableArray<string> uplinks)
    {
        if (maps.Find(MapName) is not { } map)
        {
            return;
        }

        var value = uplinks.IsEmpty ? default : Of(HostAddresses.ReadAll(), [.. nodeRanges.Select(IPNetwork.Parse)], [.. uplinks.Select(HostInterface.IndexOf)]);
        var key = 0;
        map.Update(BpfMap.Bytes(ref key), BpfMap.Bytes(ref value));
    }

    private static Masquerade Of(IReadOnlyList<(int Device, IPAddress Address)> addresses, ImmutableArray<IPNetwork> ranges, ImmutableArray<int> uplinks)
    {
        Masquerade value = default;
        (value.FirstPort, value.Ports) = Ports();
        foreach (var length in new[] { 4, 16 })
        {
            var chosen = addresses.Where(each => each.Address.GetAddressBytes().Length == length && !each.Address.IsIPv6LinkLocal)
                .OrderBy(each => (ranges.Any(range => range.Contains(each.Address)) ? 0 : 2) + (uplinks.Contains(each.Device) ? 0 : 1))
                .Where(each => uplinks.Contains(each.Device) || ranges.Any(range => range.Contains(each.Address)))
                .Select(each => each.Address).FirstOrDefault();
            if (length == 4)
            {
                chosen?.GetAddressBytes().CopyTo((Span<byte>)value.Address4);
            }
            else
            {
                chosen?.GetAddressBytes().CopyTo((Span<byte>)value.Address6);
            }
        }

        return value;
    }

    /// <summary>The larger range beside the one that the kernel gives sockets ports of.</summary>
    private static (ushort First, ushort Count) Ports()
    {
        var range = File.ReadAllText(PortRange).Split((char[])['\t', ' ', '\n'], StringSplitOptions.RemoveEmptyEntries)
            .Select(port => int.Parse(port, CultureInfo.InvariantCulture)).ToArray();
        var (below, above) = (range[0] - LowestPort, ushort.MaxValue - range[1]);
        return below >= above
            ? ((ushort)LowestPort, (ushort)Math.Max(0, below))
            : ((ushort)(range[1] + 1), (ushort)above);
    }
}
