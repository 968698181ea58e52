using Netpol.Loader.Native;

namespace Netpol.Loader.Hooks;

/// <summary>Picks the hook of a new endpoint by trying, never by the kernel's version.</summary>
internal static class HookChoice
{
    internal static IHook Of(string name, PinFolder pins) => name == ClsactHook.Kind ? new ClsactHook() : new TcxHook(pins);

    /// <summary>By whatever hook: an attachment that was cut short may not have written which.</summary>
    /// <param name="interfaceIndex">0: the device has gone, and its filters with it.</param>
    internal static void DetachAll(PinFolder pins, uint endpoint, int interfaceIndex)
    {
        new TcxHook(pins).Detach(endpoint, interfaceIndex);
        if (interfaceIndex != 0)
        {
            new ClsactHook().Detach(endpoint, interfaceIndex);
        }
    }

    /// <summary>Attaches by the first hook that this kernel has and that <paramref name="kind"/> allows; answers which.</summary>
    internal static IHook Attach(
        HookKind kind, PinFolder pins, uint endpoint, int interfaceIndex, BpfProgram fromEndpoint, BpfProgram toEndpoint)
    {
        if (kind != HookKind.Clsact)
        {
            TcxHook tcx = new(pins);
            try
            {
                tcx.Attach(endpoint, interfaceIndex, fromEndpoint, toEndpoint);
                return tcx;
            }
            catch (KernelException e) when (e.Errno == KernelException.EINVAL && kind == HookKind.Auto)
            {
                // Before 6.6 the attach type is unknown, and that is all that link_create says EINVAL to here.
            }
        }

        ClsactHook clsact = new();
        clsact.Attach(endpoint, interfaceIndex, fromEndpoint, toEndpoint);
        return clsact;
    }
}
