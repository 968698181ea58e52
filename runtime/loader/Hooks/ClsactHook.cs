using Netpol.Loader.Native;

namespace Netpol.Loader.Hooks;

/// <summary>
/// The clsact qdisc with one direct-action filter a direction: for kernels before 6.6. The filter goes with its device; a verdict of
/// -1 lets the packet go on, as in TCX.
/// </summary>
internal sealed unsafe class ClsactHook : IHook
{
    internal const string Kind = "clsact";

    private const int Ingress = 1;
    private const int Egress = 2;
    private const uint Replace = 1;

    /// <summary>First in order, under a handle by which we know our own filter again.</summary>
    private const uint Priority = 1;
    private const uint Handle = 0x4e50;

    public string Name => Kind;

    public void Attach(uint endpoint, int interfaceIndex, BpfProgram fromEndpoint, BpfProgram toEndpoint)
    {
        using LibBpfSilence silence = new();
        Create(interfaceIndex);
        Attach(interfaceIndex, Ingress, fromEndpoint);
        Attach(interfaceIndex, Egress, toEndpoint);
    }

    public void Detach(uint endpoint, int interfaceIndex)
    {
        using LibBpfSilence silence = new();
        Detach(interfaceIndex, Ingress);
        Detach(interfaceIndex, Egress);
    }

    public bool IsAttached(uint endpoint, int interfaceIndex)
    {
        using LibBpfSilence silence = new();
        return IsAttached(interfaceIndex, Ingress) && IsAttached(interfaceIndex, Egress);
    }

    internal static void AttachIngress(int interfaceIndex, BpfProgram program)
    {
        using LibBpfSilence silence = new();
        Create(interfaceIndex);
        Attach(interfaceIndex, Ingress, program);
    }

    internal static void DetachIngress(int interfaceIndex)
    {
        using LibBpfSilence silence = new();
        Detach(interfaceIndex, Ingress);
    }

    internal static bool IsIngressAttached(int interfaceIndex)
    {
        using LibBpfSilence silence = new();
        return IsAttached(interfaceIndex, Ingress);
    }

    private static void Create(int interfaceIndex)
    {
        var hook = Hook(interfaceIndex, Ingress | Egress);
        var answer = LibBpf.bpf_tc_hook_create(&hook);
        if (answer < 0 && answer != -KernelException.EEXIST)
        {
            throw new KernelException("make a clsact qdisc on the device", -answer);
        }
    }

    private static void Detach(int interfaceIndex, int point)
    {
        var hook = Hook(interfaceIndex, point);
        var options = Filter();
        _ = LibBpf.bpf_tc_detach(&hook, &options);
    }

    private static bool IsAttached(int interfaceIndex, int point)
    {
        var hook = Hook(interfaceIndex, point);
        var options = Filter();
        return LibBpf.bpf_tc_query(&hook, &options) >= 0;
    }

    private static void Attach(int interfaceIndex, int point, BpfProgram stub)
    {
        var hook = Hook(interfaceIndex, point);
        var options = Filter();
        options.prog_fd = stub.Handle.Number;
        options.flags = Replace;
        var answer = LibBpf.bpf_tc_attach(&hook, &options);
        if (answer < 0)
        {
            throw new KernelException("attach a program to the device by clsact", -answer);
        }
    }

    private static bpf_tc_hook Hook(int interfaceIndex, int point) =>
        new() { sz = (nuint)sizeof(bpf_tc_hook), ifindex = interfaceIndex, attach_point = point };

    private static bpf_tc_opts Filter() =>
        new() { sz = (nuint)sizeof(bpf_tc_opts), handle = Handle, priority = Priority };
}
