using System.Runtime.InteropServices;
using Netpol.Cni.Native;
using Netpol.Loader;
using Netpol.Loader.Endpoints;
using Netpol.Loader.Native;

namespace Netpol.Cni;

/// <summary>
/// This program once more, beside the runtime: it settles what ADD attached provisionally (<see cref="Settlement"/>) and ends. Nobody
/// waits for it: it has a session of its own and none of the runtime's streams.
/// </summary>
internal static unsafe class Settler
{
    private const string Word = "settle";
    private const string Self = "/proc/self/exe";
    private const int RightDescriptor = 3;

    public static bool IsCalledBy(string[] arguments) => arguments is [Word, _, _];

    /// <summary>Where it fails, nothing is lost: the next ADD starts another, and this one's reason is in the state folder.</summary>
    public static int Run(string[] arguments)
    {
        NodePaths paths = new(arguments[1], arguments[2]);
        // The next ADD may wait for the lock that this one is about to take.
        _ = Libc.setpriority(Libc.PRIO_PROCESS, 0, 0);
        try
        {
            Settlement.Run(paths, Settlement.Adopt(RightDescriptor));
            return 0;
        }
        catch (Exception error) when (error is LoaderException or IOException or UnauthorizedAccessException)
        {
            Report(paths, error.Message);
            return 1;
        }
    }

    private static void Report(NodePaths paths, string message)
    {
        try
        {
            Settlement.Report(paths, message);
        }
        catch (LoaderException)
        {
            // The state folder has gone, and with it whoever would read it.
        }
    }

    /// <summary>
    /// Starts one, unless one is at work. Where no process can be had the container is judged all the same; the next ADD tries again.
    /// </summary>
    public static void Start(NodePaths paths)
    {
        using var right = TryReserve(paths);
        if (right is null)
        {
            return;
        }

        string[] arguments = [Self, Word, Path.GetFullPath(paths.Pins), Path.GetFullPath(paths.State)];
        // Never freed: the new process reads them from our memory, maybe after we have ended.
        var texts = (byte**)NativeMemory.AllocZeroed((nuint)arguments.Length + 1, (nuint)sizeof(byte*));
        for (var i = 0; i < arguments.Length; i++)
        {
            texts[i] = (byte*)Marshal.StringToCoTaskMemUTF8(arguments[i]);
        }

        _ = Beside.netpol_start_beside(texts, (int)right.DangerousGetHandle());
    }

    private static DescriptorHandle? TryReserve(NodePaths paths)
    {
        try
        {
            return Settlement.TryReserve(paths);
        }
        catch (LoaderException)
        {
            // The container is attached and judged: an ADD must not fail now for want of a lock's file.
            return null;
        }
    }
}
