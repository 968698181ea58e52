using Netpol.Cni.Configuration;
using Netpol.Cni.Ipam;
using Netpol.Cni.Protocol;

namespace Netpol.Cni.Commands;

/// <summary>GC: forgets every container of this network that the runtime does not list. Other networks' are left alone.</summary>
internal static class GcCommand
{
    public static void Run(Invocation invocation, NetworkConfig config)
    {
        var valid = config.ValidAttachments ?? throw new CniException(
            CniErrorCode.InvalidConfig, "`cni.dev/valid-attachments` is missing", "without it every container would be stale");
        if (!Directory.Exists(config.State))
        {
            return;
        }

        var stale = Datapath.Use(config, node =>
        {
            AttachmentKey[] keys =
            [
                .. node.Status().Endpoints
                    .Where(endpoint => endpoint.Spec.Network == config.Name)
                    .Select(endpoint => new AttachmentKey(endpoint.Spec.ContainerId, endpoint.Spec.InterfaceName))
                    .Except(valid),
            ];
            foreach (var key in keys)
            {
                node.Detach(key.ContainerId, key.InterfaceName);
            }

            return keys;
        });

        if (config.IpamType is { } type)
        {
            // DEL, not GC: an IPAM plugin of version 1.0.0 knows no other way.
            var ipam = new IpamPlugin(type, invocation, config.Text);
            foreach (var key in stale)
            {
                DelCommand.DeleteOwnDevice(key);
                ipam.Delete(key);
            }
        }
    }
}
