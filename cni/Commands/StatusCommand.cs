using Netpol.Cni.Configuration;
using Netpol.Cni.Protocol;

namespace Netpol.Cni.Commands;

/// <summary>STATUS: would an ADD succeed now? Looks; changes nothing but what opening the node repairs.</summary>
internal static class StatusCommand
{
    public static void Run(NetworkConfig config)
    {
        try
        {
            var isLoaded = Datapath.Use(config, node => node.Manifest is not null);
            if (config.Bundle is { } bundle)
            {
                if (!File.Exists(Path.Combine(bundle, Bundle.Manifest.FileName)))
                {
                    throw new CniException(CniErrorCode.NotAvailable, $"no bundle in `{bundle}`", "make one with `netpol build`");
                }
            }
            else if (!isLoaded)
            {
                throw new CniException(
                    CniErrorCode.NotAvailable, "no policy bundle is in force on this node", "load one with `netpol load`");
            }
        }
        catch (CniException error) when (error.Code != CniErrorCode.NotAvailable)
        {
            throw new CniException(CniErrorCode.NotAvailable, error.Message, error.Details);
        }
    }
}
