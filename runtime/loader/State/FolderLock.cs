using System.Diagnostics;
using System.Runtime.InteropServices;
using Netpol.Loader.Native;

namespace Netpol.Loader.State;

/// <summary>A <c>flock</c> that ends with the process, however it ends.</summary>
internal sealed class FolderLock : IDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(2);

    private readonly DescriptorHandle _file;

    private FolderLock(DescriptorHandle file) => _file = file;

    /// <summary>Null where another process held the lock for the whole wait.</summary>
    internal static FolderLock? TryTake(string path, bool shared, TimeSpan wait)
    {
        var file = DescriptorHandle.FromCall(
            LibC.open(path, LibC.O_RDWR | LibC.O_CREAT | LibC.O_CLOEXEC, 0b110_000_000), $"open the lock `{path}`");
        var operation = (shared ? LibC.LOCK_SH : LibC.LOCK_EX) | LibC.LOCK_NB;
        var since = Stopwatch.GetTimestamp();
        while (LibC.flock(file, operation) != 0)
        {
            var errno = Marshal.GetLastPInvokeError();
            if (errno != KernelException.EAGAIN)
            {
                file.Dispose();
                throw new KernelException($"lock `{path}`", errno);
            }

            if (Stopwatch.GetElapsedTime(since) > wait)
            {
                file.Dispose();
                return null;
            }

            Thread.Sleep(Pause);
        }

        return new FolderLock(file);
    }

    /// <summary>The lock as a descriptor: it lasts until every copy of it is closed, those of other processes included.</summary>
    internal DescriptorHandle Release() => _file;

    public void Dispose() => _file.Dispose();
}
