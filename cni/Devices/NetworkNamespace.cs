using System.Runtime.InteropServices;
using Netpol.Cni.Native;
using Netpol.Cni.Protocol;

namespace Netpol.Cni.Devices;

/// <summary>An open network namespace; keeps it alive until disposed.</summary>
internal sealed class NetworkNamespace : IDisposable
{
    private NetworkNamespace(int descriptor) => Descriptor = descriptor;

    public int Descriptor { get; }

    /// <summary>The namespace this thread is in.</summary>
    public static NetworkNamespace OpenOwn() =>
        TryOpen("/proc/thread-self/ns/net")
        ?? throw new CniException(CniErrorCode.IoFailure, "the plugin's own network namespace cannot be opened", "is /proc mounted?");

    /// <summary>A container's namespace. The error's code tells the runtime that nothing has to be undone.</summary>
    public static NetworkNamespace OpenContainer(string path)
    {
        var container = TryOpen(path) ?? throw new CniException(
            CniErrorCode.UnknownContainer, $"CNI_NETNS `{path}` is no network namespace", "the container is gone, or the path is wrong");
        using var own = OpenOwn();
        if (container.IsSameAs(own))
        {
            container.Dispose();
            throw new CniException(
                CniErrorCode.InvalidEnvironment,
                $"CNI_NETNS `{path}` is the node's own network namespace",
                "a container on the host's network is the node: it gets no interface and has no policy");
        }

        return container;
    }

    public static NetworkNamespace? TryOpen(string path)
    {
        var descriptor = Libc.open(path, Libc.O_RDONLY | Libc.O_CLOEXEC, 0);
        if (descriptor < 0)
        {
            return null;
        }

        if (Libc.ioctl(descriptor, Libc.NS_GET_NSTYPE, 0) == Libc.CLONE_NEWNET)
        {
            return new(descriptor);
        }

        _ = Libc.close(descriptor);
        return null;
    }

    /// <summary>Runs <paramref name="deed"/> on this thread inside the namespace, and comes back.</summary>
    public T Run<T>(Func<T> deed)
    {
        using var own = OpenOwn();
        Enter(this);
        try
        {
            return deed();
        }
        finally
        {
            Enter(own);
        }
    }

    public void Dispose() => _ = Libc.close(Descriptor);

    private static void Enter(NetworkNamespace target)
    {
        if (Libc.setns(target.Descriptor, Libc.CLONE_NEWNET) < 0)
        {
            throw new CniException(
                CniErrorCode.IoFailure, $"cannot enter a network namespace: {Marshal.GetLastPInvokeErrorMessage()}", "run the plugin as root");
        }
    }

    private unsafe bool IsSameAs(NetworkNamespace other)
    {
        Libc.Statx mine, theirs;
        return Libc.statx(Descriptor, "", Libc.AT_EMPTY_PATH, Libc.STATX_INO, &mine) == 0
            && Libc.statx(other.Descriptor, "", Libc.AT_EMPTY_PATH, Libc.STATX_INO, &theirs) == 0
            && (mine.Inode, mine.DeviceMajor, mine.DeviceMinor) == (theirs.Inode, theirs.DeviceMajor, theirs.DeviceMinor);
    }
}
