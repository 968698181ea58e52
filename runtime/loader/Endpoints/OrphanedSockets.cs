using System.Net;
using Netpol.Loader.Native;
using Netpol.Loader.Network;
using Netpol.Loader.State;
using Netpol.Loader.Tables;

namespace Netpol.Loader.Endpoints;

/// <summary>
/// Datagram sockets on this node that were led to a backend that has gone: nobody answers them any more, and they would not learn of it. A
/// stream learns by its next packet.
/// </summary>
internal static class OrphanedSockets
{
    /// <summary>Ends them in the node's network namespace and those of its containers. Where that fails the sockets stay, and time out.</summary>
    internal static void End(StateFolder state, ServiceTable services, PlacedEndpoint gone)
    {
        if (state.ReadNode().Cgroup.Length == 0 || services.DatagramBackends(gone) is not { Count: > 0 } backends)
        {
            return;
        }

        TryEnd(backends);
        foreach (var endpoint in state.ReadEndpoints().Where(endpoint => endpoint.SocketNamespace != 0 && endpoint.Id != gone.Record.Id))
        {
            _ = endpoint.Spec.NetworkNamespace is { } path && OtherNamespace.TryRun(path, () =>
            {
                // The path may be another namespace's by now.
                if (NamespaceCookie.OfOwn() == endpoint.SocketNamespace)
                {
                    TryEnd(backends);
                }
            });
        }
    }

    private static void TryEnd(HashSet<IPEndPoint> backends)
    {
        try
        {
            ConnectedSockets.End(backends);
        }
        catch (KernelException)
        {
            // A kernel without inet_diag for UDP.
        }
    }
}
