using System.Text.Json.Nodes;
using Netpol.Lab;
using Netpol.Lab.Cni;
using Netpol.Lab.Traffic;

namespace Netpol.Tests.EndToEnd.Rig;

/// <summary>The lab itself, without netpol: what the other tests see as "denied" must be policy, not a broken lab.</summary>
public sealed class LabTests
{
    [Fact]
    public void Without_policy_every_protocol_is_answered_in_both_families()
    {
        using var node = LabNode.Create(new("/none", Chain: OnlyPtp));
        var client = node.AddContainer("client", "default");
        var server = node.AddContainer("server", "default");
        using var tcp = EchoServer.Tcp(server, 80);
        using var udp = EchoServer.Udp(server, 53);
        using var sctp = SctpAssociation.Serve(server, 9000);


        var results = server.Addresses.SelectMany(address => new[]
        {
            Probe.Tcp(client, address, 80),
            Probe.Udp(client, address, 53),
            Probe.Icmp(client, address),
            Probe.Sctp(client, address, 9000),
        }).Select(result => result.ToString());


        Assert.Equal(
            ["answered by server", "answered by server", "answered", "answered", "answered by server", "answered by server", "answered", "answered"],
            results);
    }

    [Fact]
    public void A_closed_port_refuses_and_an_address_of_nobody_is_silent()
    {
        using var node = LabNode.Create(new("/none", Chain: OnlyPtp));
        var client = node.AddContainer("client", "default");
        var server = node.AddContainer("server", "default");


        var closed = Probe.Tcp(client, server.Address4, 81);
        node.Network.SetLink(HostDevice(server), false);
        var silent = Probe.Icmp(client, server.Address4, TimeSpan.FromMilliseconds(300));


        Assert.Equal(Outcome.Refused, closed.Outcome);
        Assert.NotEqual(Outcome.Answered, silent.Outcome);
    }

    [Fact]
    public void A_lab_leaves_nothing_behind()
    {
        string folder;
        using (var node = LabNode.Create(new("/none", Chain: OnlyPtp)))
        {
            folder = node.Folder;
            node.AddContainer("client", "default");
            Assert.NotEmpty(node.Network.Links());
        }


        var mounts = File.ReadAllText("/proc/self/mountinfo");


        Assert.False(Directory.Exists(folder));
        Assert.DoesNotContain(folder, mounts, StringComparison.Ordinal);
    }

    private static CniNetwork OnlyPtp(string name, JsonObject ipam, JsonObject netpol) =>
        new(name, CniNetwork.DefaultVersion, [new JsonObject { ["type"] = "ptp", ["ipam"] = ipam }]);

    private static string HostDevice(LabContainer container) =>
        container.Result["interfaces"]!.AsArray().First(entry => entry!["sandbox"] is null)!["name"]!.GetValue<string>();
}
