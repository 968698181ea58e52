using System.Collections.Immutable;
using Netpol.Bundle;

namespace Netpol.Compiler.Layout;

/// <summary>
/// Every map of a bundle with its sizes: the table beside <c>compiler/datapath/maps.h</c>. Sizes are those of the structs in
/// <c>abi.h</c> and <c>packet.h</c>; a test compares each with the maps of a built object.
/// </summary>
internal static class MapTable
{
    // No struct here depends on the policy, so that node maps outlive a change of it.
    private const int Fragment = 48;
    private const int EndpointConstants = 104;
    private const int Address = 28;
    private const int SocketPeers = 200;
    private const int SocketNamespace = 24;
    private const int Service = 40;
    private const int BackendLoad = 136;
    private const int Masquerade = 24;

    public static ImmutableArray<MapEntry> Of(FeatureSet features, bool areTables, MapCapacities capacities, int memberWords, int portNameWords)
    {
        var maps = ImmutableArray.CreateBuilder<MapEntry>();
        void Node(string name, string type, int key, int value, int entries) =>
            maps.Add(new MapEntry(name, "node", type, key, value, entries));
        void Generation(string name, string type, int key, int value, int entries) =>
            maps.Add(new MapEntry(name, "generation", type, key, value, entries));

        Node("control", "array", 4, 8, 1);
        Node("from_endpoint_programs", "prog_array", 4, 4, 2 * MaxSlots);
        Node("to_endpoint_programs", "prog_array", 4, 4, 2 * MaxSlots);
        Node("uplink_programs", "prog_array", 4, 4, 2);
        if (features.Services)
        {
            Node("xdp_programs", "prog_array", 4, 4, 2);
            Node("xdp_packets", "percpu_array", 4, 8, 2);
        }

        Node("endpoint_constants", "array", 4, EndpointConstants, MaxSlots);
        Node("drop_reasons", "percpu_array", 4, 8, 64);
        Node("events", "ringbuf", 0, 0, capacities.EventBytes);
        Node("flow_record", "percpu_array", 4, 28, 1);
        foreach (var (suffix, addressSize, isUsed) in Families(features))
        {
            if (isUsed)
            {
                Node("connections" + suffix, "array", 4, ConnectionSet(addressSize), capacities.ConnectionSets);
                Node("fragments" + suffix, "lru_hash", (2 * addressSize) + 8, Fragment, capacities.Fragments);
            }
        }

        if (features.Services)
        {
            foreach (var (suffix, _, isUsed) in Families(features))
            {
                // An IPv6 socket connects to IPv4 too.
                if (isUsed || suffix == "6")
                {
                    Node($"connect{suffix}_programs", "prog_array", 4, 4, 2);
                }

                if (isUsed)
                {
                    Node($"sendmsg{suffix}_programs", "prog_array", 4, 4, 2);
                }
            }

            Node("socket_peers", "sk_storage", 4, SocketPeers, 0);
        }

        Generation("state", "array", 4, 16, 1);
        foreach (var (suffix, addressSize, isUsed) in Families(features))
        {
            if (isUsed)
            {
                Generation("addresses" + suffix, "hash", addressSize, Address, capacities.Addresses);
                Generation("prefixes" + suffix, "lpm_trie", 4 + addressSize, 4, capacities.Prefixes);
                if (features.Services)
                {
                    Generation("services" + suffix, "hash", addressSize + 4, Service, capacities.Services);
                    Generation("backends" + suffix, "hash", 8, addressSize + 4, capacities.Backends);
                    Generation("service_backends" + suffix, "hash", addressSize + 4, 8, capacities.ServiceBackends);
                    Generation("service_sources" + suffix, "lpm_trie", 8 + addressSize, 4, capacities.ServiceSources);
                    Generation("affinity" + suffix, "lru_hash", 8 + Eights(addressSize), addressSize + 4, capacities.Affinities);
                    Generation("backend_loads" + suffix, "hash", addressSize + 4, BackendLoad, capacities.BackendLoads);
                }
            }
        }

        if (features.Services)
        {
            Generation("maglev", "array", 4, 64, capacities.MaglevLines);
            Generation("masquerade", "array", 4, Masquerade, 1);
        }

        if (areTables)
        {
            Generation("verdict_pairs", "hash", 8, 64, capacities.VerdictPairs);
            Generation("verdict_nodes", "array", 4, 128, capacities.VerdictNodes);
        }
        else
        {
            Generation("class_members", "array", 4, 8 * memberWords, capacities.Classes);
        }

        if (features.PortNames && !areTables)
        {
            Generation("port_names", "hash", 8, 4, capacities.PortNames);
            Generation("port_name_members", "array", 4, 8 * portNameWords, capacities.PortNames);
        }

        if (features.Services)
        {
            Generation("socket_namespaces", "hash", 8, SocketNamespace, MaxSlots);
        }

        Generation("rule_counters", "percpu_array", 4, 16, capacities.Rules);
        if (features.Tiers)
        {
            Generation("limits", "hash", 4, 24, capacities.Limits);
            Generation("limit_buckets", "lru_hash", 24, 8, capacities.Buckets);
        }

        Generation("denied", "percpu_array", 4, 64, 512);
        Generation("goals", "percpu_array", 4, 32, 1024);
        Generation("touched", "array", 4, 16, 32_768);
        foreach (var (suffix, addressSize, isUsed) in Families(features))
        {
            if (isUsed)
            {
                Generation("straight" + suffix, "lpm_trie", 4 + addressSize, 4, StraightPrefixes);
            }
        }

        Generation("routes", "percpu_array", 4, 64, 1024);
        Generation("programs", "prog_array", 4, 4, 11);
        return maps.ToImmutable();
    }

    /// <summary><c>MAX_SLOTS</c> of <c>abi.h</c>.</summary>
    public const int MaxSlots = 4096;

    private const int StraightPrefixes = 1024;

    // A line of tags, then an entry of one line or two for each way.
    private static int ConnectionSet(int addressSize) => 64 + (MapCapacities.ConnectionWays * (addressSize == 4 ? 64 : 128));

    private static int Eights(int size) => (size + 7) / 8 * 8;

    private static (string Suffix, int AddressSize, bool IsUsed)[] Families(FeatureSet features) =>
        [("4", 4, features.Ipv4), ("6", 16, features.Ipv6)];
}
