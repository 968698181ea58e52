using Netpol.Model;
using Netpol.Semantics;
using static Netpol.Tests.Unit.Semantics.Build;

namespace Netpol.Tests.Unit.Semantics;

public sealed class QosTests
{
    [Fact]
    public void Of_several_declarations_the_lower_rate_counts_in_each_direction()
    {
        var model = NetworkModel.Empty with
        {
            Qos =
            [
                Qos("all", Any, egress: 100, ingress: 10) with { Priority = QosPriority.Burstable },
                Qos("shop", Pods("shop"), egress: 50, ingress: 20),
                Qos("data", Pods("data"), egress: 1, ingress: 1),
            ],
        };
        QosTable table = new(model, new Members(model));

        var shop = table.Of(Pod("shop", "", "10.0.0.1"));
        var other = table.Of(Pod("other", "", "10.0.0.2"));

        Assert.Equal((50L, 10L, QosPriority.Burstable), (shop.Egress?.BitsPerSecond, shop.Ingress?.BitsPerSecond, shop.Priority));
        Assert.Equal((100L, 10L), (other.Egress?.BitsPerSecond, other.Ingress?.BitsPerSecond));
        Assert.Equal(new EndpointQos(null, null, null), new QosTable(NetworkModel.Empty, new Members(NetworkModel.Empty)).Of(Pod("shop", "", "10.0.0.1")));
    }

    private static Qos Qos(string name, AddressSet @for, long egress, long ingress) =>
        new(name, @for, new(egress, null, Place(1)), new(ingress, null, Place(1)), null, Place(1), null);
}
