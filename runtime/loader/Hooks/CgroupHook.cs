using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Netpol.Loader.Native;

namespace Netpol.Loader.Hooks;

/// <summary>
/// The programs that lead sockets to backends, on a cgroup and all below it: a pinned bpf_link each, which lasts until its pin is removed
/// or the cgroup goes. Other programs on the cgroup stay, and run too.
/// </summary>
internal sealed unsafe class CgroupHook(PinFolder pins)
{
    private const long Cgroup2Magic = 0x63677270;

    /// <summary>linux/bpf.h: <c>enum bpf_attach_type</c>. Who names peers comes before who leads to them: a socket that is led is named right.</summary>
    private static readonly ImmutableArray<(string Program, int AttachType)> Links =
    [
        ("sock_recvmsg4", 19), ("sock_recvmsg6", 20), ("sock_getpeername4", 29), ("sock_getpeername6", 30),
        ("sock_sendmsg4_stub", 14), ("sock_sendmsg6_stub", 15), ("sock_connect4_stub", 10), ("sock_connect6_stub", 11),
    ];

    /// <summary>Puts on the cgroup what the generation has for it; what is there already stays, and what is on another cgroup goes.</summary>
    /// <exception cref="LoaderException">There is no cgroup2 at the path.</exception>
    internal void Attach(string cgroup, uint generation)
    {
        using var folder = Open(cgroup);
        var id = IdOf(folder, cgroup);
        foreach (var (name, attachType) in Links)
        {
            using var program = BpfProgram.TryOpenPinned(pins.GenerationProgram(generation, name), name);
            if (program is not null && CgroupOf(pins.SocketLink(name)) != id)
            {
                File.Delete(pins.SocketLink(name));
                using var link = DescriptorHandle.FromAnswer(
                    LibBpf.bpf_link_create(program.Handle, folder.Number, attachType, null), $"attach a program to the cgroup `{cgroup}`");
                var answer = LibBpf.bpf_obj_pin(link.Number, pins.SocketLink(name));
                if (answer < 0)
                {
                    throw new KernelException($"pin the link `{pins.SocketLink(name)}`", -answer);
                }
            }
        }
    }

    internal void Detach()
    {
        foreach (var (name, _) in Links)
        {
            File.Delete(pins.SocketLink(name));
        }
    }

    /// <exception cref="LoaderException">There is no cgroup2 at the path.</exception>
    internal static void Require(string cgroup) => Open(cgroup).Dispose();

    private static DescriptorHandle Open(string cgroup)
    {
        // struct statfs is 120 bytes and begins with f_type on the 64-bit kernels we run on.
        var buffer = stackalloc byte[256];
        if (LibC.statfs(cgroup, buffer) != 0 || *(long*)buffer != Cgroup2Magic)
        {
            throw new LoaderException($"`{cgroup}` is no folder of a cgroup2; mount one with `mount -t cgroup2 none DIR`, or name another folder");
        }

        return DescriptorHandle.FromCall(LibC.open(cgroup, LibC.O_RDONLY | LibC.O_CLOEXEC, 0), $"open the cgroup `{cgroup}`");
    }

    /// <summary>A cgroup's id is its folder's inode (kernfs).</summary>
    private static ulong IdOf(DescriptorHandle folder, string cgroup)
    {
        statx_buffer buffer = default;
        return LibC.statx(folder, "", LibC.AT_EMPTY_PATH, LibC.STATX_INO, &buffer) == 0
            ? buffer.stx_ino
            : throw new KernelException($"ask about the cgroup `{cgroup}`", Marshal.GetLastPInvokeError());
    }

    /// <summary>Null: no link is pinned there. 0: its cgroup has gone.</summary>
    private static ulong? CgroupOf(string pin) => PinnedLink.InfoOf(pin)?.cgroup_id;
}
