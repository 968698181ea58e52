using System.Runtime.InteropServices;

namespace Netpol.Loader.Native;

/// <summary>The C library as it is; -1 and errno on failure.</summary>
internal static unsafe partial class LibC
{
    internal const int O_RDONLY = 0;
    internal const int O_WRONLY = 1;
    internal const int O_RDWR = 2;
    internal const int O_CREAT = 0x40;
    internal const int O_TRUNC = 0x200;
    internal const int O_CLOEXEC = 0x80000;
    internal const int SEEK_END = 2;
    internal const int LOCK_SH = 1;
    internal const int LOCK_EX = 2;
    internal const int LOCK_NB = 4;
    internal const int PROT_READ = 1;
    internal const int PROT_WRITE = 2;
    internal const int MAP_SHARED = 1;
    internal const nint MAP_FAILED = -1;
    internal const short POLLIN = 1;
    internal const int CLOCK_MONOTONIC = 1;
    internal const int AF_INET = 2;
    internal const int AF_INET6 = 10;
    internal const int AF_NETLINK = 16;
    internal const int NETLINK_ROUTE = 0;
    internal const int NETLINK_SOCK_DIAG = 4;
    internal const int NETLINK_XFRM = 6;
    internal const int SOCK_DGRAM = 2;
    internal const int SOCK_RAW = 3;
    internal const int SOCK_CLOEXEC = 0x80000;
    internal const ulong SIOCGIFFLAGS = 0x8913;
    internal const ulong SIOCSIFFLAGS = 0x8914;
    internal const ulong SIOCETHTOOL = 0x8946;
    internal const short IFF_UP = 1;
    internal const int SOL_SOCKET = 1;
    internal const int SO_NETNS_COOKIE = 71;
    internal const int CLONE_NEWNET = 0x40000000;
    internal const int AT_EMPTY_PATH = 0x1000;
    internal const uint STATX_INO = 0x100;

    private const string Library = "libc";

    [LibraryImport(Library, SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int open(string path, int flags, uint mode);

    [LibraryImport(Library)]
    internal static partial int close(nint fd);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial nint read(DescriptorHandle fd, void* buffer, nuint count);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial nint pwrite(DescriptorHandle fd, void* buffer, nuint count, nint offset);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial nint lseek(DescriptorHandle fd, nint offset, int whence);

    [LibraryImport(Library, SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int rename(string oldpath, string newpath);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int flock(DescriptorHandle fd, int operation);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial nint mmap(nint address, nuint length, int protection, int flags, DescriptorHandle fd, nint offset);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int munmap(nint address, nuint length);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial nint getrandom(byte* buffer, nuint length, uint flags);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int poll(pollfd* fds, nuint count, int timeout);

    [LibraryImport(Library, SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int statfs(string path, byte* buffer);

    [LibraryImport(Library)]
    internal static partial uint geteuid();

    [LibraryImport(Library)]
    internal static partial int clock_gettime(int clock, timespec* time);

    [LibraryImport(Library, SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial uint if_nametoindex(string name);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int socket(int domain, int type, int protocol);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int ioctl(DescriptorHandle fd, nuint request, void* argument);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int getsockopt(DescriptorHandle fd, int level, int option, void* value, uint* length);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int setns(DescriptorHandle fd, int kind);

    [LibraryImport(Library, SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int statx(DescriptorHandle folder, string path, int flags, uint mask, statx_buffer* result);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial nint send(DescriptorHandle fd, void* buffer, nuint length, int flags);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial nint recv(DescriptorHandle fd, void* buffer, nuint length, int flags);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial nint syscall(nint number, nint a, nint b, nint c);

    [LibraryImport(Library)]
    internal static partial int vsnprintf(byte* buffer, nuint size, byte* format, nint arguments);
}

[StructLayout(LayoutKind.Sequential)]
internal struct pollfd
{
    public int fd;
    public short events;
    public short revents;
}

/// <summary><c>struct statx</c> of linux/stat.h: 256 bytes, of which one field is read.</summary>
[StructLayout(LayoutKind.Explicit, Size = 256)]
internal struct statx_buffer
{
    [FieldOffset(32)]
    public ulong stx_ino;
}

[StructLayout(LayoutKind.Sequential)]
internal struct timespec
{
    public nint tv_sec;
    public nint tv_nsec;
}
