namespace Netpol.Tests.Kernel.Datapath;

/// <summary>The sample's programs with a small world around them; sets and rules are those of sample.bpf.c.</summary>
public sealed class SampleNode : IDisposable
{
    internal const int Web = 0, Api = 1, Outside = 2, Guest = 3;
    internal const string Service4 = "10.96.0.10", Service6 = "fd00:96::10", Host4 = "192.168.0.1", Host6 = "fd00:1::1";
    internal const string Remote4 = "198.51.100.7", Remote6 = "2001:db8:ffff::7";

    /// <summary>Addresses of <see cref="ApiPod"/> at which no service has a backend.</summary>
    internal const string OtherApi4 = "10.0.0.22", OtherApi6 = "fd00::22";

    public SampleNode()
    {
        Node = new TestNode(SampleObject.Bytes);
        Node.AddPrefix("192.0.2.0/24", Outside);
        Node.AddPrefix("2001:db8:2::/48", Outside);
        Node.AddHost(Host4);
        Node.AddHost(Host6);
        WebPod = Node.Add(1, [Web], "10.0.0.1", "fd00::1");
        ApiPod = Node.Add(1, [Api], "10.0.0.2", "fd00::2", OtherApi4, OtherApi6);
        GuestPod = Node.Add(2, [Guest], "10.0.0.3", "fd00::3");
        PlainPod = Node.Add(2, [], "10.0.0.4", "fd00::4", "10.0.0.5", "fd00::5");
        Node.NamePort(ApiPod, 8080, 6, 0);
        Node.NamePort(ApiPod, 8081, 6, 0);
        Node.AddService(1, 1, Service4, 80, 6, (ApiPod.V4, 8080));
        Node.AddService(1, 2, Service6, 80, 6, (ApiPod.V6, 8080));
        Node.AddService(1, 3, Service4, 53, 17, (ApiPod.V4, 5353));
        Node.AddService(1, 4, Service6, 53, 17, (ApiPod.V6, 5353));
        Node.AddService(1, 5, Service4, 7, 132, (ApiPod.V4, 7007));
        Node.AddService(1, 6, Service6, 7, 132, (ApiPod.V6, 7007));
        Node.AddService(1, 7, Service4, 81, 6);
        Node.AddService(1, 8, Service6, 81, 6);
        Node.AddService(1, 9, Service4, 443, 6, (Remote4, 8443));
        Node.AddService(1, 10, Service6, 443, 6, (Remote6, 8443));
        Node.AddService(1, 11, Service4, 443, 17, (Remote4, 8443));
        Node.AddService(1, 12, Service6, 443, 17, (Remote6, 8443));
    }

    internal TestNode Node { get; }

    internal Container WebPod { get; }

    internal Container ApiPod { get; }

    internal Container GuestPod { get; }

    /// <summary>In no set; two addresses of each family.</summary>
    internal Container PlainPod { get; }

    public void Dispose() => Node.Dispose();
}
