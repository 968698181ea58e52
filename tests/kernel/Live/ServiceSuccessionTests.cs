using System.Net;
using System.Runtime.InteropServices;
using Netpol.Loader;
using Netpol.Loader.Abi;
using Netpol.Loader.Native;
using Netpol.Testing.Packets;

namespace Netpol.Tests.Kernel.Live;

/// <summary>What another bundle is given of the services of the one before it.</summary>
public sealed class ServiceSuccessionTests
{
    private const string Vip = "10.96.0.10";

    [Theory]
    [InlineData("drain 1h", LiveWorld.Next)]
    [InlineData("", LiveWorld.Passed)]
    public void A_backend_that_the_next_bundle_has_no_more_keeps_its_connections_where_the_service_lets_it(string drain, int answer) => Scratch.Run(scratch =>
    {
        string[] backends = ["10.9.0.1", "10.9.0.2"];
        LiveWorld world = new(scratch, Text(drain, backends));
        Assert.Equal(LiveWorld.Next, world.SendTo(Vip, 80));
        var chosen = Affine(world);

        using (var node = Node.Open(world.Paths))
        {
            node.Apply(world.Build(Text(drain, [.. backends, "10.9.0.3"])).Folder);
            Assert.Equal((2U, chosen), (node.Status().Generation, Affine(world)));
            // Another service port id, too: another service stands before this one.
            node.Apply(world.Build("service a { address 10.96.0.9; port 1/tcp; backends 10.9.9.9 }\n" + Text(drain, [.. backends.Where(backend => backend != chosen)])).Folder);
        }

        // A packet of the connection that is judged anew: on it goes, or its sender gets a reset.
        Assert.Equal(answer, world.Send(Packet.TcpFrom(LiveWorld.Client, 40_000, Vip, 80, Packet.Ack)));
        using var generation = world.Open();
        ServiceBackend state = default;
        var isKnown = generation.Maps["service_backends4"].TryLookup([2, 0, 0, 0, .. IPAddress.Parse(chosen).GetAddressBytes()], BpfMap.Bytes(ref state));
        Assert.Equal((drain.Length > 0, drain.Length > 0 ? BackendFlags.Draining : BackendFlags.None), (isKnown, state.Flags));
        // New connections of the client go to another, and it stays there.
        Assert.Equal(LiveWorld.Next, world.SendTo(Vip, 80, from: 41_000));
        Assert.NotEqual(chosen, Affine(world));
    });

    [Fact]
    public void There_is_room_for_what_several_bundles_after_one_another_leave_to_drain() => Scratch.Run(scratch =>
    {
        LiveWorld world = new(scratch, Text("drain 1h", ["10.9.0.1", "10.9.0.2"]));
        using var node = Node.Open(world.Paths);
        foreach (var bundle in Enumerable.Range(1, 4))
        {
            node.Apply(world.Build(Text("drain 1h", [$"10.9.{bundle}.1", $"10.9.{bundle}.2"])).Folder);
        }

        using var generation = world.Open();
        Assert.Equal(10, generation.Maps["service_backends4"].Keys().Count);
    });

    private static string Text(string drain, string[] backends) => $$"""
        service s {
            address {{Vip}}
            port 80/tcp -> 8080
            backends {{string.Join(", ", backends)}}
            affinity client-ip 1h
            {{drain}}
        }
        """;

    private static string Affine(LiveWorld world)
    {
        using var generation = world.Open();
        var (_, values) = generation.Maps["affinity4"].ReadAll();
        return $"{new IPAddress(MemoryMarshal.Read<uint>(values))}";
    }
}
