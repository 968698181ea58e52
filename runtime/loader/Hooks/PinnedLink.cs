using Netpol.Loader.Native;

namespace Netpol.Loader.Hooks;

/// <summary>A pinned link, by what the kernel says of it.</summary>
internal static unsafe class PinnedLink
{
    /// <summary>Takes the program off at once: of a pin that is removed the kernel lets the link go some time later.</summary>
    internal static void Detach(string pin)
    {
        var answer = LibBpf.bpf_obj_get(pin);
        if (answer == -KernelException.ENOENT)
        {
            return;
        }

        using (var link = DescriptorHandle.FromAnswer(answer, $"open the link `{pin}`"))
        {
            // Of a device that has gone there is nothing to take it off.
            _ = LibBpf.bpf_link_detach(link);
        }

        File.Delete(pin);
    }

    /// <summary>Null: no link is pinned there. Of a link whose device or cgroup has gone the kernel says 0 for it.</summary>
    internal static bpf_link_info? InfoOf(string pin)
    {
        var answer = LibBpf.bpf_obj_get(pin);
        if (answer == -KernelException.ENOENT)
        {
            return null;
        }

        using var link = DescriptorHandle.FromAnswer(answer, $"open the link `{pin}`");
        bpf_link_info info = default;
        var length = (uint)sizeof(bpf_link_info);
        answer = LibBpf.bpf_obj_get_info_by_fd(link, &info, &length);
        return answer >= 0 ? info : throw new KernelException($"ask about the link `{pin}`", -answer);
    }
}
