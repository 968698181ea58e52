using Netpol.Cni.Configuration;
using Netpol.Cni.Protocol;
using Netpol.Loader;

namespace Netpol.Cni.Commands;

/// <summary>The node's datapath as a command uses it; the loader's refusals become CNI errors here.</summary>
internal static class Datapath
{
    /// <summary>
    /// How long an ADD waits for another one on the same node. Runtimes start containers side by side; each change takes
    /// milliseconds, the first load of a bundle some hundred.
    /// </summary>
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(60);

    /// <summary>Puts the configured bundle in force, if it is not, and the container under it.</summary>
    public static void Attach(NetworkConfig config, EndpointSpec spec)
    {
        Use(config, node =>
        {
            if (config.Bundle is { } bundle)
            {
                if (!node.IsInCharge(bundle))
                {
                    node.Apply(bundle);
                }
            }
            else if (node.Manifest is null)
            {
                throw new CniException(
                    CniErrorCode.InvalidConfig,
                    "no policy bundle is in force on this node",
                    "name the bundle's folder in `bundle`, or load one with `netpol load`");
            }

            if (config.Cgroup is { } cgroup)
            {
                node.AttachSockets(cgroup);
            }

            if (config.Uplinks is { } uplinks)
            {
                node.AttachUplinks(uplinks);
            }

            if (config.Xdp is { } mode)
            {
                node.AttachXdp(XdpOf(mode));
            }

            node.AttachProvisionally(spec);
            return true;
        });
        Settler.Start(PathsOf(config));
    }

    /// <summary>Succeeds for what was never there: without a state folder nothing was ever attached.</summary>
    public static void Detach(NetworkConfig config, string containerId, string interfaceName)
    {
        if (Directory.Exists(config.State))
        {
            Use(config, node => node.Detach(containerId, interfaceName));
        }
    }

    public static T Use<T>(NetworkConfig config, Func<Node, T> deed, bool isReadOnly = false)
    {
        try
        {
            using var node = Node.Open(
                PathsOf(config), new(HookOf(config.Hook), LongestWait, isReadOnly) { Straight = config.Straight, ViaStack = config.ViaStack });
            return deed(node);
        }
        catch (VerifierException error)
        {
            throw new CniException(CniErrorCode.VerifierRefused, error.Message, "the policy in force before stays in force");
        }
        catch (LoaderException error)
        {
            throw new CniException(CniErrorCode.AttachFailed, error.Message);
        }
    }

    private static NodePaths PathsOf(NetworkConfig config) => new(config.Pins, config.State);

    private static XdpMode XdpOf(string name) => name switch
    {
        "auto" => XdpMode.Auto,
        "native" => XdpMode.Native,
        "generic" => XdpMode.Generic,
        _ => XdpMode.None,
    };

    private static HookKind HookOf(string name) => name switch
    {
        "tcx" => HookKind.Tcx,
        "clsact" => HookKind.Clsact,
        _ => HookKind.Auto,
    };
}
