using System.Text.Json;
using Netpol.Bundle;
using Netpol.Loader;

namespace Netpol.Tests.Kernel.Live;

/// <summary>What a bundle's certificate says is what the kernel gives, and where it is not, that is seen.</summary>
public sealed class CapacityTests
{
    private const string Policy = """
        group client = pods where app == "client"
        group office = cidr 192.0.2.0/24, 198.51.100.0/25
        service web { address 10.96.0.10; port 80/tcp -> 8080; backends pods where app == "server" }
        policy server for pods where app == "server" { ingress { allow from client on 8080/tcp; allow from office } }
        """;

    [Fact]
    public void A_node_has_what_the_certificate_says() => Scratch.Run(scratch =>
    {
        LiveWorld world = new(scratch, Policy);
        using var node = Node.Open(world.Paths, new NodeOptions(ReadOnly: true));

        var capacity = node.Capacity();

        Assert.NotNull(capacity);
        Assert.Equal(node.Manifest!.Layout.Maps.Select(map => map.Name).Order(), capacity.Maps.Select(map => map.Name).Order());
        Assert.All(capacity.Maps, map => Assert.False(map.IsOff, $"{map}"));
        Assert.InRange(capacity.Bytes.Loaded, capacity.Bytes.Certified * 95 / 100, capacity.Bytes.Certified * 105 / 100);
        Assert.Contains(capacity.Maps, map => map.GrowsWithContent && map.Bytes < map.CertifiedBytes);
        Assert.Contains(capacity.Programs, program => program.Name == "new_connection");
        Assert.All(capacity.Programs, program => Assert.True(program is { Certified: > 0, Instructions: > 0, MachineCodeBytes: > 0 }, $"{program}"));
    });

    [Fact]
    public void A_certificate_of_other_maps_is_seen_to_be_off() => Scratch.Run(scratch =>
    {
        LiveWorld world = new(scratch, Policy);
        var folder = world.Build(Policy.Replace("8080/tcp", "8081/tcp", StringComparison.Ordinal)).Folder;
        var file = Path.Combine(folder, Certificate.FileName);
        var certificate = JsonSerializer.Deserialize(File.ReadAllText(file), CertificateJson.Default.Certificate)!;
        File.WriteAllText(file, JsonSerializer.Serialize(
            certificate with
            {
                Maps = [.. certificate.Maps.Select(map => map.Name switch
                {
                    "connections4" => map with { Bytes = map.Bytes * 94 / 100 },
                    "rule_counters" => map with { Entries = map.Entries * 2 },
                    "verdict_pairs" => map with { Bytes = 4096 },
                    _ => map,
                })],
            },
            CertificateJson.Default.Certificate));
        using var node = Node.Open(world.Paths);
        node.Apply(folder);

        var off = node.Capacity()?.Maps.Where(map => map.IsOff).Select(map => map.Name) ?? [];

        Assert.Equal(["connections4", "rule_counters", "verdict_pairs"], off.Order());
    });

    [Fact]
    public void A_bundle_without_a_certificate_is_loaded_and_nothing_is_said() => Scratch.Run(scratch =>
    {
        LiveWorld world = new(scratch, Policy);
        var folder = world.Build(Policy.Replace("8080/tcp", "8081/tcp", StringComparison.Ordinal)).Folder;
        File.Delete(Path.Combine(folder, Certificate.FileName));
        using var node = Node.Open(world.Paths);

        Assert.True(node.Apply(folder).Changed);
        Assert.Null(node.Capacity());
    });
}
