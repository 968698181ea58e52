using Netpol.Loader.Native;

namespace Netpol.Loader.Hooks;

/// <summary>Picks the hook of a new endpoint by trying, never by the kernel's version. Both hooks mean the same to the programs.</summary>
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

    /// <summary>Attaches by the first hook that this node has and that <paramref name="kind"/> allows; answers which.</summary>
    /// <param name="isHasty">A clsact filter waits for nothing, so it comes first; <see cref="Endpoints.Settlement"/> puts links in its place.</param>
    internal static IHook Attach(
        HookKind kind, bool isHasty, PinFolder pins, uint endpoint, int interfaceIndex, BpfProgram fromEndpoint, BpfProgram toEndpoint)
    {
        IHook[] candidates = kind switch
        {
            HookKind.Tcx => [new TcxHook(pins)],
            HookKind.Clsact => [new ClsactHook()],
            _ when isHasty => [new ClsactHook(), new TcxHook(pins)],
            _ => [new TcxHook(pins), new ClsactHook()],
        };
        for (var at = 0; ; at++)
        {
            try
            {
                candidates[at].Attach(endpoint, interfaceIndex, fromEndpoint, toEndpoint);
                return candidates[at];
            }
            catch (KernelException) when (at + 1 < candidates.Length)
            {
                // No TCX before 6.6; no clsact where another's `ingress` qdisc has its place. Nothing half made stays.
                candidates[at].Detach(endpoint, interfaceIndex);
            }
        }
    }
}
