using Netpol.Lab;
using Netpol.Lab.Traffic;

namespace Netpol.Tests.EndToEnd.Rig;

/// <summary>Servers on many ports of one container.</summary>
internal sealed class Servers : IDisposable
{
    private readonly List<IDisposable> _servers = [];

    public Servers(LabContainer container, int[]? tcp = null, int[]? udp = null, int[]? sctp = null)
    {
        _servers.AddRange((tcp ?? []).Select(port => EchoServer.Tcp(container, port)));
        _servers.AddRange((udp ?? []).Select(port => EchoServer.Udp(container, port)));
        _servers.AddRange((sctp ?? []).Select(port => SctpAssociation.Serve(container, port)));
    }

    public void Dispose() => _servers.ForEach(server => server.Dispose());
}
