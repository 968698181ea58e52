using System.Net;
using System.Runtime.InteropServices;
using Netpol.Bundle;
using Netpol.Loader.Native;

namespace Netpol.Loader.Tables;

/// <summary><c>service_sources4</c> and <c>service_sources6</c>: whom load balancers' addresses are for, and where nodes are.</summary>
internal static class SourceTable
{
    /// <summary><c>SOURCES_NODES</c> of <c>abi.h</c>.</summary>
    private const uint Nodes = uint.MaxValue;

    private const int SetBits = 32;

    internal static void Fill(MapSet maps, Manifest manifest)
    {
        foreach (var (balancer, set) in ServiceWay.SourceSets(manifest))
        {
            foreach (var source in balancer.Sources ?? [])
            {
                Write(maps, set, IPNetwork.Parse(source.Prefix), source.IsIn);
            }
        }

        foreach (var range in manifest.NodeRanges ?? [])
        {
            Write(maps, Nodes, IPNetwork.Parse(range), isIn: true);
        }
    }

    /// <summary>Length and set in host order, then the address: <c>struct service_source4_key</c>, <c>struct service_source6_key</c>.</summary>
    private static void Write(MapSet maps, uint set, IPNetwork prefix, bool isIn)
    {
        var address = prefix.BaseAddress.GetAddressBytes();
        var key = new byte[2 * sizeof(uint) + address.Length];
        MemoryMarshal.Write(key, SetBits + prefix.PrefixLength);
        MemoryMarshal.Write(key.AsSpan(sizeof(uint)), set);
        address.CopyTo(key, 2 * sizeof(uint));
        var value = isIn ? 1u : 0;
        maps.Find(BackendTables.MapName("service_sources", address.Length))?.Update(key, BpfMap.Bytes(ref value));
    }
}
