namespace Netpol.Model;

/// <summary><c>qos api for api { egress 100Mbit/s burst 1MiB; priority guaranteed }</c></summary>
/// <param name="For">The endpoints; always an endpoint set.</param>
/// <param name="Egress">Null: no limit.</param>
/// <param name="Ingress">Null: no limit.</param>
/// <param name="Priority">Null: the runtime's own.</param>
public sealed record Qos(string Name, AddressSet For, QosRate? Egress, QosRate? Ingress, QosPriority? Priority, Origin Origin, string? Documentation);

/// <param name="BurstBytes">Sent at once after a time of rest; null: what the shaper takes by itself.</param>
public sealed record QosRate(long BitsPerSecond, long? BurstBytes, Origin Origin);

public enum QosPriority
{
    Guaranteed,
    Burstable,
    BestEffort,
}
