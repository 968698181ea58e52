namespace Netpol.Loader;

/// <summary>Where packets of load balancing are sent on before the host's stack sees them: <c>xdp_uplink</c> of the datapath library.</summary>
public enum XdpMode
{
    /// <summary>Nowhere: the stack's programs do it.</summary>
    None = 0,

    /// <summary>In the driver where that can be known to work, else before the stack.</summary>
    Auto = 1,

    /// <summary>In the driver alone.</summary>
    Native = 2,

    /// <summary>Before the stack, whatever the driver: the packet has its skb by then, and the device gathers no segments (GRO).</summary>
    Generic = 3,
}
