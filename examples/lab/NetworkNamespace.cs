using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;
using System.Text;
using Netpol.Lab.Native;

namespace Netpol.Lab;

/// <summary>
/// A network namespace with a file of its own, so that other programs can enter it by name. Code runs in it on threads
/// made for the purpose; a socket opened there stays there, whatever thread uses it later.
/// </summary>
public sealed class NetworkNamespace : IDisposable
{
    /// <summary>Code in a namespace that takes longer than this hangs; the caller is told instead of hanging too.</summary>
    private static readonly TimeSpan LongestRun = TimeSpan.FromSeconds(60);

    private bool _isDisposed;

    private NetworkNamespace(string path, LabCgroup? cgroup) => (Path, Cgroup) = (path, cgroup);

    /// <summary>Where code runs, and sockets belong, that is run here; null: where this process is. May be changed between runs.</summary>
    public LabCgroup? Cgroup { get; set; }

    public string Path { get; }

    /// <summary>Makes a namespace whose loopback is up and whose IPv6 addresses are usable at once.</summary>
    public static NetworkNamespace Create(string path, LabCgroup? cgroup = null)
    {
        File.WriteAllBytes(path, []);
        OnThread<object?>(() =>
        {
            Require(Libc.unshare(Libc.CLONE_NEWNET), "make a network namespace");
            Require(Libc.mount("/proc/thread-self/ns/net", path, null, Libc.MS_BIND, null), $"mount a network namespace at {path}");
            SetLinkUp("lo", true);

            // Duplicate address detection makes an address wait for a second; nobody else is on these links.
            WriteSetting("net/ipv6/conf/default/accept_dad", "0");
            WriteSetting("net/ipv6/conf/all/accept_dad", "0");
            WriteSetting("net/ipv6/conf/default/accept_ra", "0");
            return null;
        });
        return new(path, cgroup);
    }

    /// <summary>Runs <paramref name="deed"/> in the namespace and gives back what it returned or threw.</summary>
    public T Run<T>(Func<T> deed) => OnThread(() =>
    {
        var descriptor = Libc.open(Path, Libc.O_RDONLY | Libc.O_CLOEXEC, 0);
        Require(descriptor, $"open {Path}");
        try
        {
            Require(Libc.setns(descriptor, Libc.CLONE_NEWNET), $"enter {Path}");
        }
        finally
        {
            _ = Libc.close(descriptor);
        }

        Cgroup?.Enter();
        return deed();
    });

    public void Run(Action deed) => Run<object?>(() =>
    {
        deed();
        return null;
    });

    /// <summary>Writes below <c>/proc/sys</c>.</summary>
    public void Set(string setting, string value) => Run(() => WriteSetting(setting, value));

    public void SetLink(string name, bool isUp) => Run(() => SetLinkUp(name, isUp));

    /// <summary>Names of the namespace's devices but <c>lo</c>, sorted.</summary>
    public IReadOnlyList<string> Links() => Run(() => File.ReadLines("/proc/thread-self/net/dev")
        .Skip(2)
        .Select(line => line[..line.IndexOf(':')].Trim())
        .Where(name => name != "lo")
        .Order(StringComparer.Ordinal)
        .ToArray());

    public unsafe bool IsLinkUp(string name) => Run(() =>
    {
        Libc.InterfaceRequest request;
        Ask(name, Libc.SIOCGIFFLAGS, &request);
        return (request.Flags & Libc.IFF_UP) != 0;
    });

    /// <summary>Removes the namespace's name; the kernel removes the rest when its last process and socket are gone.</summary>
    public void Dispose()
    {
        if (_isDisposed)
        {
            return;
        }

        _isDisposed = true;
        _ = Libc.umount2(Path, Libc.MNT_DETACH);
        File.Delete(Path);
    }

    internal static void Require(int result, string deed)
    {
        if (result < 0)
        {
            throw new LabException($"cannot {deed}: {Marshal.GetLastPInvokeErrorMessage()}");
        }
    }

    private static void WriteSetting(string setting, string value) => File.WriteAllText($"/proc/sys/{setting}", value);

    private static unsafe void SetLinkUp(string name, bool isUp)
    {
        Libc.InterfaceRequest request;
        Ask(name, Libc.SIOCGIFFLAGS, &request);
        request.Flags = (short)(isUp ? request.Flags | Libc.IFF_UP : request.Flags & ~Libc.IFF_UP);
        Ask(name, Libc.SIOCSIFFLAGS, &request, keep: true);
    }

    private static unsafe void Ask(string name, nuint question, Libc.InterfaceRequest* request, bool keep = false)
    {
        if (!keep)
        {
            *request = default;
            Encoding.ASCII.GetBytes(name).CopyTo(new Span<byte>(request->Name, 15));
        }

        var socket = Libc.socket(Libc.AF_INET, Libc.SOCK_DGRAM, 0);
        Require(socket, "open a socket");
        var result = Libc.ioctl(socket, question, request);
        var error = Marshal.GetLastPInvokeErrorMessage();
        _ = Libc.close(socket);
        if (result < 0)
        {
            throw new LabException($"cannot read or change the device {name}: {error}");
        }
    }

    // A thread that has been in a namespace is never given back to the pool.
    private static T OnThread<T>(Func<T> deed)
    {
        var result = new T[1];
        ExceptionDispatchInfo? failure = null;
        var thread = new Thread(() =>
        {
            try
            {
                result[0] = deed();
            }
            catch (Exception error)
            {
                failure = ExceptionDispatchInfo.Capture(error);
            }
        })
        {
            IsBackground = true,
        };
        thread.Start();
        if (!thread.Join(LongestRun))
        {
            throw new LabException($"code in a network namespace did not end within {LongestRun.TotalSeconds:0} s");
        }

        failure?.Throw();
        return result[0];
    }
}
