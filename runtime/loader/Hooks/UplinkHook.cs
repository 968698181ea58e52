using System.Collections.Immutable;
using System.Globalization;
using Netpol.Loader.Generations;
using Netpol.Loader.Native;
using Netpol.Loader.Network;

namespace Netpol.Loader.Hooks;

/// <summary>
/// The stub on the ingress of the node's uplinks: a TCX link each, which runs behind what is on the device already, or a clsact filter where
/// there is no TCX. Other programs on the device stay.
/// </summary>
internal sealed class UplinkHook(PinFolder pins, HookKind kind)
{
    /// <summary>Has the stub on exactly these devices; what is there already stays.</summary>
    /// <exception cref="LoaderException">There is no such device, or it takes no program.</exception>
    internal void Attach(ImmutableArray<string> devices, uint generation)
    {
        Dictionary<int, string> wanted = devices.Distinct(StringComparer.Ordinal).ToDictionary(IndexOf);
        foreach (var index in Attached().Where(index => !wanted.ContainsKey(index)).ToArray())
        {
            Detach(index);
        }

        foreach (var (index, device) in wanted.Where(each => !IsAttached(each.Key)))
        {
            using var stub = BpfProgram.TryOpenPinned(pins.GenerationProgram(generation, UplinkPrograms.Stub), UplinkPrograms.Stub) ??
                throw new LoaderException("the bundle in charge was made by a version that knows no uplinks; build it again and load that");
            Attach(index, device, stub);
        }
    }

    /// <exception cref="LoaderException">There is none in this network namespace.</exception>
    internal static int IndexOf(string device) => HostInterface.IndexOf(device) is var index and not 0
        ? index
        : throw new LoaderException($"there is no interface `{device}` here; name a device of the node that leads to other nodes or outside");

    internal bool IsAttached(int index) => TcxHook.DeviceOf(pins.UplinkLink(index)) == index || ClsactHook.IsIngressAttached(index);

    private void Attach(int index, string device, BpfProgram stub)
    {
        try
        {
            if (kind != HookKind.Clsact)
            {
                File.Delete(pins.UplinkLink(index));
                TcxHook.AttachIngress(index, stub, pins.UplinkLink(index));
                return;
            }
        }
        catch (KernelException) when (kind == HookKind.Auto)
        {
            // No TCX before 6.6.
        }

        try
        {
            // Says that there is a filter to take off: a bpffs holds nothing but pins, so it is one of the stub.
            ClsactHook.AttachIngress(index, stub);
            File.Delete(pins.UplinkFilter(index));
            stub.Pin(pins.UplinkFilter(index));
        }
        catch (KernelException e)
        {
            throw new LoaderException($"interface `{device}` takes no program: {e.Message}", e);
        }
    }

    private void Detach(int index)
    {
        File.Delete(pins.UplinkLink(index));
        if (File.Exists(pins.UplinkFilter(index)))
        {
            ClsactHook.DetachIngress(index);
            File.Delete(pins.UplinkFilter(index));
        }
    }

    private IEnumerable<int> Attached() => pins.Uplinks()
        .Select(name => int.Parse(name.Split('-')[0], CultureInfo.InvariantCulture)).Distinct();
}
