using System.Diagnostics;
using System.Runtime.InteropServices;
using Netpol.Loader;

namespace Netpol.Tests.Kernel.Loader;

/// <summary>
/// A thread with a network and a mount namespace of its own and an own bpffs. All of it goes with the thread: devices, mounts, pins.
/// </summary>
internal sealed partial class Scratch
{
    private const int NewMounts = 0x20000;
    private const int NewNetwork = 0x40000000;
    private const ulong Private = 1 << 18;
    private const ulong Recursive = 1 << 14;

    private readonly string _folder;

    private Scratch(string folder) => _folder = folder;

    public NodePaths Paths => new(Path.Combine(_folder, "bpf", "netpol"), Path.Combine(_folder, "state"));

    public string Folder => _folder;

    public static void Run(Action<Scratch> test)
    {
        var folder = Directory.CreateTempSubdirectory("netpol-loader-").FullName;
        Exception? failure = null;
        Thread thread = new(() =>
        {
            try
            {
                Enter(folder);
                test(new Scratch(folder));
            }
#pragma warning disable CA1031 // whatever it was, the test's own thread throws it again
            catch (Exception e)
#pragma warning restore CA1031
            {
                failure = e;
            }
        });
        thread.Start();
        thread.Join();
        Directory.Delete(folder, recursive: true);
        if (failure is not null)
        {
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(failure);
        }
    }

    /// <summary>A pair of devices; the first is the host's end.</summary>
    public static void AddDevices(string host, string container)
    {
        Shell("ip", "link", "add", host, "type", "veth", "peer", "name", container);
        Shell("ip", "link", "set", host, "up");
        Shell("ip", "link", "set", container, "up");
    }

    public static string Shell(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments)
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        }) ?? throw new InvalidOperationException(program);
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0
            ? output
            : throw new InvalidOperationException($"{program} {string.Join(' ', arguments)}: {errors.Result}{output}");
    }

    /// <summary>Puts an empty folder over this one, in this thread's mounts alone.</summary>
    public static void Hide(string folder) => Require(mount("none", folder, "tmpfs", 0, null), $"hide {folder}");

    private static void Enter(string folder)
    {
        Require(unshare(NewMounts | NewNetwork), "unshare");
        Require(mount("none", "/", null, Private | Recursive, null), "make mounts private");
        var bpf = Directory.CreateDirectory(Path.Combine(folder, "bpf")).FullName;
        Require(mount("bpf", bpf, "bpf", 0, null), "mount a bpffs");
        Shell("ip", "link", "set", "lo", "up");
    }

    private static void Require(int answer, string deed)
    {
        if (answer != 0)
        {
            throw new InvalidOperationException($"{deed}: {Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}");
        }
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int unshare(int flags);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int mount(string source, string target, string? type, ulong flags, string? data);
}
