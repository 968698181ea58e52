using System.Runtime.InteropServices;
using Netpol.Loader.Native;

namespace Netpol.Loader.Network;

/// <summary>Deeds in a container's network namespace, on the calling thread.</summary>
internal static class OtherNamespace
{
    private const string Own = "/proc/thread-self/ns/net";

    /// <summary>False: there is no namespace at the path; it may have gone.</summary>
    internal static bool TryRun(string path, Action deed)
    {
        var answer = LibC.open(path, LibC.O_RDONLY | LibC.O_CLOEXEC, 0);
        if (answer < 0)
        {
            return false;
        }

        using DescriptorHandle other = new(answer);
        using var own = DescriptorHandle.FromCall(LibC.open(Own, LibC.O_RDONLY | LibC.O_CLOEXEC, 0), "open the node's network namespace");
        if (LibC.setns(other, LibC.CLONE_NEWNET) != 0)
        {
            return false;
        }

        try
        {
            deed();
        }
        finally
        {
            if (LibC.setns(own, LibC.CLONE_NEWNET) != 0)
            {
                // Whatever this thread did next, it would do to the wrong node.
                Environment.FailFast($"cannot return to the node's network namespace: {Marshal.GetLastPInvokeErrorMessage()}");
            }
        }

        return true;
    }
}
