using Netpol.Loader.Native;

namespace Netpol.Loader.Hooks;

/// <summary>TCX: a pinned bpf_link a direction, which lasts until its pin is removed or its device goes.</summary>
internal sealed unsafe class TcxHook(PinFolder pins) : IHook
{
    internal const string Kind = "tcx";

    // linux/bpf.h of 6.6: enum bpf_attach_type. Ingress of the host's end is what the container sends.
    private const int TcxIngress = 46;
    private const int TcxEgress = 47;

    private const string From = "from";
    private const string To = "to";

    public string Name => Kind;

    public void Attach(uint endpoint, int interfaceIndex, BpfProgram fromEndpoint, BpfProgram toEndpoint)
    {
        Attach(endpoint, From, interfaceIndex, fromEndpoint, TcxIngress);
        Attach(endpoint, To, interfaceIndex, toEndpoint, TcxEgress);
    }

    public void Detach(uint endpoint, int interfaceIndex)
    {
        File.Delete(pins.Link(endpoint, From));
        File.Delete(pins.Link(endpoint, To));
    }

    public bool IsAttached(uint endpoint, int interfaceIndex) =>
        DeviceOf(pins.Link(endpoint, From)) == interfaceIndex && DeviceOf(pins.Link(endpoint, To)) == interfaceIndex;

    /// <summary>
    /// Links of a program that judges nothing, not pinned yet: each waits for the kernel (synchronize_rcu), so nobody should have to
    /// wait for us meanwhile.
    /// </summary>
    internal static TcxLinks Reserve(int interfaceIndex, BpfProgram idle)
    {
        var from = Create(interfaceIndex, idle, TcxIngress);
        try
        {
            return new TcxLinks(from, Create(interfaceIndex, idle, TcxEgress));
        }
        catch
        {
            from.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Has reserved links judge, and pins them where none of this device is pinned. INVARIANT (what is pinned judges): a link is pinned
    /// only after its update, so one that a killed process left judges, and is never taken off to make room.
    /// </summary>
    internal void TakeOver(uint endpoint, int interfaceIndex, TcxLinks links, BpfProgram fromEndpoint, BpfProgram toEndpoint)
    {
        Update(links.From, fromEndpoint);
        Update(links.To, toEndpoint);
        PinUnlessThere(links.From, pins.Link(endpoint, From), interfaceIndex);
        PinUnlessThere(links.To, pins.Link(endpoint, To), interfaceIndex);
    }

    /// <summary>One program on a device's ingress, behind what is there.</summary>
    internal static void AttachIngress(int interfaceIndex, BpfProgram program, string pin)
    {
        using var link = Create(interfaceIndex, program, TcxIngress);
        Pin(link, pin);
    }

    private void Attach(uint endpoint, string program, int interfaceIndex, BpfProgram stub, int attachType)
    {
        var pin = pins.Link(endpoint, program);
        if (!IsOn(pin, interfaceIndex))
        {
            using var link = Create(interfaceIndex, stub, attachType);
            Pin(link, pin);
        }
    }

    private static void PinUnlessThere(DescriptorHandle link, string pin, int interfaceIndex)
    {
        if (!IsOn(pin, interfaceIndex))
        {
            Pin(link, pin);
        }
    }

    /// <summary>A link of this device is pinned; one of another, which has gone, makes room.</summary>
    private static bool IsOn(string pin, int interfaceIndex)
    {
        var device = DeviceOf(pin);
        if (device is not null && device != interfaceIndex)
        {
            File.Delete(pin);
        }

        return device == interfaceIndex;
    }

    private static DescriptorHandle Create(int interfaceIndex, BpfProgram program, int attachType) => DescriptorHandle.FromAnswer(
        LibBpf.bpf_link_create(program.Handle, interfaceIndex, attachType, null), "attach a program to the device by TCX");

    private static void Pin(DescriptorHandle link, string pin)
    {
        var answer = LibBpf.bpf_obj_pin(link.Number, pin);
        if (answer < 0)
        {
            throw new KernelException($"pin the link `{pin}`", -answer);
        }
    }

    private static void Update(DescriptorHandle link, BpfProgram program)
    {
        var answer = LibBpf.bpf_link_update(link, program.Handle, null);
        if (answer < 0)
        {
            throw new KernelException("put a program into a TCX link", -answer);
        }
    }

    /// <summary>Null: no link is pinned there. 0: its device has gone.</summary>
    internal static int? DeviceOf(string pin) => (int?)PinnedLink.InfoOf(pin)?.tcx_ifindex;
}
