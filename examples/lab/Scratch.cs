using System.Diagnostics;
using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;
using Netpol.Lab.Native;

namespace Netpol.Lab;

/// <summary>
/// A thread with a network and a mount namespace of its own and an own bpffs. All of it goes with the thread: devices, mounts, pins.
/// </summary>
public sealed class Scratch
{
    private readonly string _folder;

    private Scratch(string folder) => _folder = folder;

    /// <summary>On the bpffs; nothing is there yet.</summary>
    public string Pins => Path.Combine(_folder, "bpf", "netpol");

    public string State => Path.Combine(_folder, "state");

    public string Folder => _folder;

    public static void Run(Action<Scratch> deed)
    {
        var folder = Directory.CreateTempSubdirectory("netpol-scratch-").FullName;
        Exception? failure = null;
        Thread thread = new(() =>
        {
            try
            {
                Enter(folder);
                deed(new Scratch(folder));
            }
#pragma warning disable CA1031 // whatever it was, the caller's own thread throws it again
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
            ExceptionDispatchInfo.Throw(failure);
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
    public static void Hide(string folder) => Require(Libc.mount("none", folder, "tmpfs", 0, null), $"hide {folder}");

    private static void Enter(string folder)
    {
        Require(Libc.unshare(Libc.CLONE_NEWNS | Libc.CLONE_NEWNET), "unshare");
        Require(Libc.mount("none", "/", null, Libc.MS_PRIVATE | Libc.MS_REC, null), "make mounts private");
        var bpf = Directory.CreateDirectory(Path.Combine(folder, "bpf")).FullName;
        Require(Libc.mount("bpf", bpf, "bpf", 0, null), "mount a bpffs");
        Shell("ip", "link", "set", "lo", "up");
    }

    private static void Require(int answer, string deed)
    {
        if (answer != 0)
        {
            throw new InvalidOperationException($"{deed}: {Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}");
        }
    }
}
