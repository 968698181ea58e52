using System.Runtime.InteropServices;
using Netpol.Loader.Native;

namespace Netpol.Loader.Network;

/// <summary>The number by which programs know a network namespace; the kernel gives none twice (SO_NETNS_COOKIE).</summary>
internal static unsafe class NamespaceCookie
{
    internal static ulong OfOwn()
    {
        using var socket = DescriptorHandle.FromCall(
            LibC.socket(LibC.AF_INET, LibC.SOCK_DGRAM | LibC.SOCK_CLOEXEC, 0), "open a socket");
        ulong cookie = 0;
        uint length = sizeof(ulong);
        return LibC.getsockopt(socket, LibC.SOL_SOCKET, LibC.SO_NETNS_COOKIE, &cookie, &length) == 0
            ? cookie
            : throw new KernelException("ask for the cookie of the network namespace", Marshal.GetLastPInvokeError());
    }

    /// <summary>0: there is no namespace at the path, or none is named.</summary>
    internal static ulong Of(string? path)
    {
        ulong cookie = 0;
        _ = path is not null && OtherNamespace.TryRun(path, () => cookie = OfOwn());
        return cookie;
    }
}
