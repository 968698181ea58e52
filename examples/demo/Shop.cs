using System.Net;
using Netpol.Lab;
using Netpol.Lab.Traffic;

namespace Netpol.Demo;

/// <summary>The containers of <c>examples/shop</c>, their servers, and what they try.</summary>
internal sealed class Shop : IDisposable
{
    public const string Source = "shop.netpol";

    /// <summary>The rule that the demo edits: the nightly jobs lose the API, the web tier keeps it.</summary>
    public const string RuleBefore = "allow from web | batch on port http";
    public const string RuleAfter = "allow from web on port http";

    public const int ApiPort = 8080;
    private const int ServicePort = 80;
    private const int DatabasePort = 5432;
    private const int StatsdPort = 8125;

    private static readonly IPAddress Checkout4 = IPAddress.Parse("10.96.0.10");
    private static readonly IPAddress Checkout6 = IPAddress.Parse("fd00:96::10");

    private readonly List<IDisposable> _servers = [];

    public Shop(LabNode node, Action<string> progress)
    {
        Web = Add("web", "shop", ("app", "web"));
        Api1 = Add("api-1", "shop", ("app", "api"));
        Api2 = Add("api-2", "shop", ("app", "api"));
        Batch = Add("batch", "shop", ("app", "batch"));
        Database = Add("db", "data", ("app.kubernetes.io/name", "postgres"));

        Serve(Web, [443], []);
        Serve(Api1, [ApiPort], [StatsdPort]);
        Serve(Api2, [ApiPort], [StatsdPort]);
        Serve(Database, [DatabasePort], []);

        LabContainer Add(string name, string space, (string Key, string Value) label)
        {
            progress(name);
            return node.AddContainer(new ContainerSpec(
                name,
                space,
                new Dictionary<string, string> { [label.Key] = label.Value },
                Ports: label.Value == "api" ? [("http", $"{ApiPort}/tcp")] : null));
        }
    }

    public LabContainer Web { get; }

    public LabContainer Api1 { get; }

    public LabContainer Api2 { get; }

    public LabContainer Batch { get; }

    public LabContainer Database { get; }

    public IReadOnlyList<Flow> Flows() =>
    [
        .. Both((Web, Checkout4, Checkout6), "tcp", ServicePort),
        .. Both((Web, Checkout4, Checkout6), "tcp", 81),
        .. Both((Batch, Checkout4, Checkout6), "tcp", ServicePort),
        .. Both(Web, Api1, "tcp", ApiPort),
        .. Both(Web, Api1, "udp", StatsdPort),
        .. Both(Web, Api2, "icmp", 0),
        .. Both(Web, Database, "tcp", DatabasePort),
        .. Both(Api1, Database, "tcp", DatabasePort),
        .. Both(Api2, Web, "tcp", 443),
        .. Both(Batch, Api2, "tcp", ApiPort),
        .. Both(Batch, Api1, "udp", StatsdPort),
        .. Both(Batch, Database, "tcp", DatabasePort),
        .. Both(Database, Api1, "icmp", 0),
    ];

    /// <summary>Connections to keep open over the change: the first stays allowed, the second does not.</summary>
    public (LabConnection Kept, LabConnection Lost) OpenConnections() => (Open(Web, Checkout4, ServicePort), Open(Batch, Api2.Address6, ApiPort));

    public void Dispose() => _servers.ForEach(server => server.Dispose());

    private static LabConnection Open(LabContainer from, IPAddress to, int port) =>
        LabConnection.TryOpen(from, to, port, Probe.DefaultTimeout)
        ?? throw new DemoException($"{from.Name} cannot connect to {to}, though the policy allows it");

    private static IEnumerable<Flow> Both(LabContainer from, LabContainer to, string protocol, int port) =>
        to.Addresses.Select(address => new Flow(from, to.Name, to, address, protocol, port));

    private static IEnumerable<Flow> Both((LabContainer From, IPAddress V4, IPAddress V6) flow, string protocol, int port) =>
        new[] { flow.V4, flow.V6 }.Select(address => new Flow(flow.From, "checkout", null, address, protocol, port));

    private void Serve(LabContainer container, int[] tcp, int[] udp)
    {
        _servers.AddRange(tcp.Select(port => EchoServer.Tcp(container, port)));
        _servers.AddRange(udp.Select(port => EchoServer.Udp(container, port)));
    }
}
