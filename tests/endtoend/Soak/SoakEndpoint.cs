using System.Net.Sockets;
using Netpol.Lab;
using Netpol.Model;
using Netpol.Semantics;
using Netpol.Tests.EndToEnd.Rig;

namespace Netpol.Tests.EndToEnd.Soak;

/// <summary>A container, what answers in it, and how the model knows it.</summary>
internal sealed class SoakEndpoint : IDisposable
{
    private readonly LabNode _node;
    private readonly Servers? _servers;

    internal SoakEndpoint(LabNode node, string name, string app)
    {
        _node = node;
        App = app;
        Container = node.AddContainer(name, "shop", ("app", app));
        _servers = IsBackend ? new Servers(Container, tcp: SoakPolicy.Ports) : null;
        Known = new Endpoint(
            "shop", new Dictionary<string, string>(), new Dictionary<string, string> { ["app"] = app },
            [.. Container.Addresses.Select(address => Address.Parse(address.ToString()))], [], name);
    }

    internal LabContainer Container { get; }

    internal Endpoint Known { get; }

    internal string App { get; }

    internal string Name => Container.Name;

    internal bool IsBackend => SoakPolicy.Backends.Contains(App);

    internal Address At(bool isIPv6) =>
        Address.Parse(Container.AddressFor(isIPv6 ? AddressFamily.InterNetworkV6 : AddressFamily.InterNetwork).ToString());

    public void Dispose()
    {
        _servers?.Dispose();
        _node.Remove(Container);
    }
}
