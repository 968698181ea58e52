using System.Runtime.InteropServices;

namespace Netpol.Cni.Native;

/// <summary>System calls as the C library gives them; no decisions. A result below 0 means: see <see cref="Marshal.GetLastPInvokeError"/>.</summary>
internal static unsafe partial class Libc
{
    public const int O_RDONLY = 0;
    public const int O_RDWR = 2;
    public const int O_CLOEXEC = 0x80000;
    public const int CLONE_NEWNET = 0x40000000;
    public const int AF_NETLINK = 16;
    public const int SOCK_RAW = 3;
    public const int SOCK_CLOEXEC = 0x80000;
    public const int NETLINK_ROUTE = 0;
    public const int AT_EMPTY_PATH = 0x1000;
    public const uint STATX_INO = 0x100;

    /// <summary><c>_IO(0xb7, 3)</c>: which kind of namespace a descriptor is (ioctl_ns(2)).</summary>
    public const nuint NS_GET_NSTYPE = 0xb703;

    public const int PRIO_PROCESS = 0;

    public const int ENODEV = 19;
    public const int EEXIST = 17;
    public const int ENOENT = 2;
    public const int EADDRNOTAVAIL = 99;

    private const string Library = "libc";

    [LibraryImport(Library, SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int open(string path, int flags, int mode);

    [LibraryImport(Library, SetLastError = true)]
    public static partial int close(int descriptor);

    [LibraryImport(Library, SetLastError = true)]
    public static partial int setns(int descriptor, int kind);

    [LibraryImport(Library, SetLastError = true)]
    public static partial int ioctl(int descriptor, nuint request, nint argument);

    [LibraryImport(Library, SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int statx(int folder, string path, int flags, uint mask, Statx* result);

    [LibraryImport(Library, SetLastError = true)]
    public static partial int socket(int family, int type, int protocol);

    [LibraryImport(Library, SetLastError = true)]
    public static partial nint send(int descriptor, byte* buffer, nuint length, int flags);

    [LibraryImport(Library, SetLastError = true)]
    public static partial nint recv(int descriptor, byte* buffer, nuint length, int flags);

    [LibraryImport(Library, SetLastError = true)]
    public static partial int setpriority(int which, uint who, int priority);

    /// <summary><c>struct statx</c> of linux/stat.h: 256 bytes, of which two fields are read.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 256)]
    public struct Statx
    {
        [FieldOffset(32)]
        public ulong Inode;

        [FieldOffset(136)]
        public uint DeviceMajor;

        [FieldOffset(140)]
        public uint DeviceMinor;
    }
}
