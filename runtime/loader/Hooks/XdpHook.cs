using System.Collections.Immutable;
using System.Globalization;
using Netpol.Loader.Generations;
using Netpol.Loader.Native;
using Netpol.Loader.Network;

namespace Netpol.Loader.Hooks;

/// <summary>
/// The stub that the drivers of uplinks run, a pinned bpf_link each. What it does not send on goes to the program of <see cref="UplinkHook"/>, so a
/// device that takes none is no worse than slower.
/// </summary>
internal sealed unsafe class XdpHook(PinFolder pins)
{
    // linux/bpf.h: enum bpf_attach_type; linux/if_link.h: XDP_FLAGS_SKB_MODE, XDP_FLAGS_DRV_MODE.
    private const int Xdp = 37;
    private const uint InStack = 2;
    private const uint InDriver = 4;

    private static readonly ImmutableArray<XdpMode> Ways = [XdpMode.Native, XdpMode.Generic];

    /// <summary>Has the stub on exactly these devices, in this way; what is there already stays.</summary>
    /// <returns>Which devices do without it, and why, a sentence each.</returns>
    internal ImmutableArray<string> Attach(ImmutableArray<string> devices, XdpMode mode, uint generation)
    {
        using var stub = mode == XdpMode.None ? null : BpfProgram.TryOpenPinned(pins.GenerationProgram(generation, UplinkPrograms.XdpStub), UplinkPrograms.XdpStub);
        // A bundle without services has nothing to send on.
        var wanted = stub is null
            ? []
            : devices.Distinct(StringComparer.Ordinal).Where(device => HostInterface.IndexOf(device) != 0).ToDictionary(HostInterface.IndexOf);
        foreach (var (index, way) in Attached().Where(each => !wanted.ContainsKey(each.Index) || (mode != XdpMode.Auto && mode != each.Way)).ToArray())
        {
            PinnedLink.Detach(pins.XdpLink(index, NameOf(way)));
        }

        var refusals = ImmutableArray.CreateBuilder<string>();
        foreach (var (index, device) in wanted.Where(each => ModeOn(each.Key) == XdpMode.None))
        {
            if (stub is not null && Refusal(index, device, mode, stub) is { } refusal)
            {
                refusals.Add(refusal);
            }
        }

        return refusals.ToImmutable();
    }

    /// <summary>How the stub runs on the device; none: it does not.</summary>
    internal XdpMode ModeOn(int index) =>
        Ways.FirstOrDefault(way => PinnedLink.InfoOf(pins.XdpLink(index, NameOf(way)))?.tcx_ifindex == index);

    /// <summary>Null: it is attached.</summary>
    private string? Refusal(int index, string device, XdpMode mode, BpfProgram stub)
    {
        KernelException? refused = null;
        foreach (var way in mode == XdpMode.Auto ? WaysOf(device) : [mode])
        {
            try
            {
                Attach(index, way, stub);
                return null;
            }
            catch (KernelException e)
            {
                refused = e;
            }
        }

        var reason = refused?.Errno is KernelException.EBUSY or KernelException.EEXIST
            ? "another XDP program is on it"
            : mode == XdpMode.Native && refused?.Errno is KernelException.EOPNOTSUPP
                ? "its driver runs none; ask for `--xdp auto`"
                : refused?.Message;
        return $"interface `{device}` takes no XDP program, load balancing goes on without: {reason}";
    }

    /// <summary>
    /// A veth device loses what its driver sends back unless its other end runs an XDP program too (drivers/net/veth.c, veth_xdp_flush), and nobody here
    /// can know that: who does asks for <see cref="XdpMode.Native"/>.
    /// </summary>
    private static ImmutableArray<XdpMode> WaysOf(string device) => HostInterface.DriverOf(device) == "veth" ? [XdpMode.Generic] : Ways;

    private void Attach(int index, XdpMode way, BpfProgram stub)
    {
        bpf_link_create_opts options = new() { sz = (nuint)sizeof(bpf_link_create_opts), flags = way == XdpMode.Native ? InDriver : InStack };
        var pin = pins.XdpLink(index, NameOf(way));
        File.Delete(pin);
        using var link = DescriptorHandle.FromAnswer(
            LibBpf.bpf_link_create(stub.Handle, index, Xdp, &options), $"attach an XDP program in {NameOf(way)} mode");
        var answer = LibBpf.bpf_obj_pin(link.Number, pin);
        if (answer < 0)
        {
            throw new KernelException($"pin the link `{pin}`", -answer);
        }
    }

    private IEnumerable<(int Index, XdpMode Way)> Attached() =>
        from name in pins.Uplinks()
        from way in Ways
        where name.EndsWith($"-xdp-{NameOf(way)}", StringComparison.Ordinal)
        select (int.Parse(name.Split('-')[0], CultureInfo.InvariantCulture), way);

    private static string NameOf(XdpMode way) => way == XdpMode.Native ? "native" : "generic";
}
