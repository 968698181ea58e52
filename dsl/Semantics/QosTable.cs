using Netpol.Model;

namespace Netpol.Semantics;

/// <summary>What traffic an endpoint is given: of several declarations the lower rate in each direction.</summary>
/// <param name="Egress">Null: no limit.</param>
/// <param name="Ingress">Null: no limit.</param>
public sealed record EndpointQos(QosRate? Egress, QosRate? Ingress, QosPriority? Priority);

/// <summary>The <c>qos</c> declarations of a model, for its endpoints.</summary>
public sealed class QosTable(NetworkModel model, Members members)
{
    public EndpointQos Of(Endpoint endpoint)
    {
        var party = Party.Of(endpoint, endpoint.Addresses.FirstOrDefault());
        var own = model.Qos.Where(qos => members.Contains(qos.For, party, endpoint)).ToList();
        return new(
            own.Select(qos => qos.Egress).OfType<QosRate>().MinBy(rate => rate.BitsPerSecond),
            own.Select(qos => qos.Ingress).OfType<QosRate>().MinBy(rate => rate.BitsPerSecond),
            own.Select(qos => qos.Priority).FirstOrDefault(priority => priority is not null));
    }
}
