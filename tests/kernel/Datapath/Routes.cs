using Netpol.Loader.Network;

namespace Netpol.Tests.Kernel.Datapath;

/// <summary>A network namespace in which every address has a route, by one device: where programs ask for the way, they are told one.</summary>
internal static class Routes
{
    internal const string Device = "way";

    internal static void Run(Action test) => Run(_ => test());

    /// <param name="test">Is given the device's index.</param>
    internal static void Run(Action<uint> test) => Scratch.Run(_ =>
    {
        Scratch.Shell("ip", "link", "set", "lo", "up");
        Scratch.AddDevices(Device, "end");
        Scratch.Shell("sysctl", "-qw", "net.ipv4.conf.all.forwarding=1", "net.ipv6.conf.all.forwarding=1");
        Scratch.Shell("ip", "address", "add", "192.0.2.200/32", "dev", Device);
        Scratch.Shell("ip", "route", "add", "default", "dev", Device);
        Scratch.Shell("ip", "-6", "route", "add", "default", "dev", Device);
        test((uint)HostInterface.IndexOf(Device));
    });
}
