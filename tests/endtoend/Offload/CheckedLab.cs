using System.Net;
using System.Net.Sockets;
using Netpol.Lab;
using Netpol.Loader;
using Netpol.Observe;
using Netpol.Tests.EndToEnd.Rig;

namespace Netpol.Tests.EndToEnd.Offload;

/// <summary>
/// A node with a client, a server and peers outside, each behind a service of its own, and an eye on all of them for wrong
/// checksums and drops.
/// </summary>
/// <remarks>
/// Between two veth devices a checksum that is left to the device (CHECKSUM_PARTIAL) is never looked at. It is verified where the
/// sender computes it itself (tx off), or where the packet leaves the node by a device that computes none.
/// </remarks>
public sealed class CheckedLab : IDisposable
{
    public const int ServiceTcp = 80;
    public const int ServiceUdp = 53;

    /// <summary>Of the service; nobody listens on what it becomes.</summary>
    public const int ServiceClosed = 54;

    private const string Rules = """
        default namespace shop
        cluster { pods 10.244.1.0/24, fd00:10:0:1::/64; services 10.96.0.0/16, fd00:96::/112 }
        observe { drops all }
        group client = pods where app == "client"
        group server = pods where app == "server"
        policy client for client {
            ingress { }
            egress {
                allow to server on 8080/tcp, 5353/udp
                allow to service samenode | service outside | service overlay | service narrow
            }
        }
        policy server for server {
            ingress { allow from client on 8080/tcp, 5353/udp, 5454/udp }
            egress { }
        }
        """;

    private readonly PolicyNode _policy;
    private readonly Dictionary<Place, OutsidePeer> _peers = [];
    private readonly List<IDisposable> _servers = [];
    private readonly EventReader _events;
    private Dictionary<string, long> _errors = [];

    public CheckedLab()
    {
        _policy = PolicyNode.Start(Policy);
        try
        {
            var node = _policy.Node;
            _peers[Place.Outside] = new(node, (int)Place.Outside, OutsideLink.Veth);
            _peers[Place.Overlay] = new(node, (int)Place.Overlay, OutsideLink.Vxlan);
            _peers[Place.Narrow] = new(node, (int)Place.Narrow, OutsideLink.Narrow);
            Client = _policy.Add("client", ("app", "client"));
            Server = _policy.Add("server", ("app", "server"));
            foreach (var network in Networks.Values.Except([node.Network]))
            {
                _servers.Add(new DataServer(network));
                Tool.Run(network, "ethtool -K eth0 rx off");
            }

            // What the stack hands to a container has its checksum completed first.
            foreach (var container in new[] { Client, Server })
            {
                Tool.Run(node.Network, $"ethtool -K {HostDevice(container)} tx off");
            }

            _events = EventReader.Open(new NodePaths(node.Pins, node.State));
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>The text that the lab runs.</summary>
    internal static string Policy { get; } = Rules + string.Concat(Enum.GetValues<Place>().Select(Service));

    /// <summary>By which the node reaches the peer of the overlay.</summary>
    internal static string OverlayDevice { get; } = $"vx{(int)Place.Overlay}";

    public LabContainer Client { get; }

    public LabContainer Server { get; }

    private Dictionary<string, NetworkNamespace> Networks
    {
        get
        {
            Dictionary<string, NetworkNamespace> networks = new()
            {
                ["client"] = Client.Network,
                ["server"] = Server.Network,
                ["node"] = _policy.Node.Network,
            };
            foreach (var (place, peer) in _peers)
            {
                networks[place.ToString()] = peer.Network;
            }

            return networks;
        }
    }

    public static string HostDevice(LabContainer container) =>
        container.Result["interfaces"]!.AsArray().First(entry => entry!["sandbox"] is null)!["name"]!.GetValue<string>();

    /// <summary>The address of the service whose only backend is there.</summary>
    public static IPAddress ServiceAt(Place place, AddressFamily family) =>
        IPAddress.Parse(family == AddressFamily.InterNetworkV6 ? $"fd00:96::{(int)place + 10}" : $"10.96.0.{(int)place + 10}");

    /// <summary>Sets who computes checksums and segments, the senders' stacks or their devices, and begins to watch.</summary>
    /// <param name="nodeMerges">Whether the node's devices make large packets of the small ones they receive (GRO).</param>
    public void Begin(bool deviceComputes, bool nodeMerges = false)
    {
        foreach (var device in _policy.Node.Network.Links().Where(name => !name.StartsWith("vx", StringComparison.Ordinal)))
        {
            Tool.Run(_policy.Node.Network, $"ethtool -K {device} gro {(nodeMerges ? "on" : "off")}");
        }

        foreach (var network in Networks.Values.Except([_policy.Node.Network]))
        {
            Tool.Run(network, $"ethtool -K eth0 tx {(deviceComputes ? "on" : "off")}");
        }

        _errors = Errors();
        _ = _events.Read();
    }

    /// <summary>Puts another bundle in charge, made of the same text.</summary>
    internal void Load(string bundle, params string[] options) => _policy.Load(bundle, options);

    /// <summary>The lab's own bundle again.</summary>
    internal void LoadOwn(string uplink = "none") => Load(_policy.Bundle.Folder, "--uplink", uplink);

    /// <summary>Wrong checksums that a stack met, and packets that netpol dropped, since <see cref="Begin"/>.</summary>
    public IReadOnlyList<string> Faults()
    {
        var drops = _events.Read()
            .Where(seen => seen.Exit is "drop" or "reject" && !IsChatter(seen))
            .Select(seen => $"dropped {seen.Protocol} {seen.Source}:{seen.SourcePort} -> {seen.Destination}:{seen.DestinationPort}: {seen.Why}");
        var errors = Errors()
            .Where(counter => counter.Value != _errors.GetValueOrDefault(counter.Key))
            .Select(counter => $"{counter.Key}: {counter.Value - _errors.GetValueOrDefault(counter.Key)}");
        return [.. errors, .. drops];
    }

    public void Dispose()
    {
        _servers.ForEach(server => server.Dispose());
        _events?.Dispose();
        foreach (var peer in _peers.Values)
        {
            peer.Dispose();
        }

        _policy.Dispose();
    }

    private static string Service(Place place)
    {
        var backends = place == Place.SameNode ? "server" : $"198.18.{(int)place}.2, 2001:db8:{(int)place}::2";
        return $$"""

            service {{place.ToString().ToLowerInvariant()}} {
                address  {{ServiceAt(place, AddressFamily.InterNetwork)}}, {{ServiceAt(place, AddressFamily.InterNetworkV6)}}
                port     data {{ServiceTcp}}/tcp -> {{DataServer.TcpPort}}
                port     ask {{ServiceUdp}}/udp -> {{DataServer.UdpPort}}
                port     closed {{ServiceClosed}}/udp -> 5454
                backends {{backends}}
            }
            """;
    }

    // What hosts say on their own to find routers and each other.
    private static bool IsChatter(Observation seen) => seen.Destination?.StartsWith("ff02:", StringComparison.Ordinal) == true;

    private Dictionary<string, long> Errors() => Networks
        .SelectMany(network => network.Value.Run(ChecksumErrors.Read).Select(counter => ($"{network.Key} {counter.Name}", counter.Value)))
        .ToDictionary(counter => counter.Item1, counter => counter.Value);
}
