using System.Runtime.InteropServices;

namespace Netpol.Loader.Native;

/// <summary>The kernel said no to something that is not for people to mend by other input; the errno and what was tried.</summary>
public sealed class KernelException : LoaderException
{
    public const int EPERM = 1;
    public const int ENOENT = 2;
    public const int EAGAIN = 11;
    public const int EBUSY = 16;
    public const int EEXIST = 17;
    public const int ENODEV = 19;
    public const int EINVAL = 22;
    public const int ENOSPC = 28;
    public const int EPROTONOSUPPORT = 93;
    public const int EOPNOTSUPP = 95;
    public const int E2BIG = 7;

    public KernelException()
    {
    }

    public KernelException(string message)
        : base(message)
    {
    }

    public KernelException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    internal KernelException(string deed, int errno)
        : base($"cannot {deed}: {Marshal.GetPInvokeErrorMessage(errno)}{WayOut(errno)}") => Errno = errno;

    public int Errno { get; }

    internal bool IsNoRoom => Errno is E2BIG or ENOSPC;

    private static string WayOut(int errno) => errno switch
    {
        EPERM => "; run as root with CAP_BPF, CAP_NET_ADMIN and CAP_SYS_ADMIN",
        E2BIG or ENOSPC => "; the map is full: raise its capacity in `scale` and build again",
        _ => "",
    };
}
