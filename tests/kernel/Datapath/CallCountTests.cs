using Netpol.Testing.Packets;
using Xunit.Abstractions;

namespace Netpol.Tests.Kernel.Datapath;

/// <summary>
/// What a packet makes the programs call, exactly: the part of its cost that is the same on every machine. A number that falls is written
/// down here; one that rises has a reason in the commit. The stub's two are not in them (a look-up of <c>control</c>, a tail call).
/// </summary>
public sealed class CallCountTests : IDisposable
{
    private readonly SampleNode _sample = new();
    private readonly CountedPrograms _counted;
    private readonly ITestOutputHelper _output;

    public CallCountTests(ITestOutputHelper output)
    {
        _output = output;
        _counted = new CountedPrograms(_sample.Node);
    }

    [Theory]
    [InlineData("10.0.0.1", SampleNode.Remote4, 0)]
    [InlineData("fd00::1", SampleNode.Remote6, 0)]
    [InlineData("10.0.0.1", "10.0.0.2", 1)]
    [InlineData("fd00::1", "fd00::2", 1)]
    public void A_packet_of_a_known_connection_takes_one_look_up_and_no_second_program(string from, string to, int redirects)
    {
        var first = Packet.TcpFrom(from, 43000, to, 8080);
        _ = _sample.Node.Send(_sample.WebPod, first);

        var calls = Count(_sample.WebPod, first with { Flags = Packet.Ack });


        Assert.Equal(["look up connections", "look up flow_record", "look up goals", "look up state", "look up touched", "look up work"], Lookups(calls));
        Assert.Equal(redirects, calls.Count(call => call == "redirect_peer"));
        // Where nothing goes straight this one finds no program: the kernel has made a jump to the next instruction of it.
        Assert.Equal(1 - redirects, calls.Count(call => call.StartsWith("tail call", StringComparison.Ordinal)));
        Assert.DoesNotContain(calls, call => call.StartsWith("update", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("10.0.0.1", SampleNode.Service4, "10.0.0.2")]
    [InlineData("fd00::1", SampleNode.Service6, "fd00::2")]
    public void A_packet_by_a_service_takes_one_look_up_too_and_is_rewritten_without_a_helper(string from, string service, string backend)
    {
        var first = Packet.TcpFrom(from, 43000, service, 80);
        _ = _sample.Node.Send(_sample.WebPod, first);
        var second = first with { Flags = Packet.Ack };
        var answer = Packet.TcpFrom(backend, 8080, from, 43000) with { Flags = Packet.Ack };

        // The first packet in a unit of time renews what the forward entry has of the main one.
        foreach (var calls in (string[][])[Count(_sample.WebPod, second, second), Count(_sample.ApiPod, answer)])
        {
            Assert.Equal(["look up connections", "look up flow_record", "look up goals", "look up state", "look up touched", "look up work", "look up work"], Lookups(calls));
            Assert.Single(calls, call => call.StartsWith("tail call", StringComparison.Ordinal));
            Assert.DoesNotContain(calls, call => call.StartsWith("update", StringComparison.Ordinal) || call is "l4_csum_replace" or "skb_store_bytes");
        }
    }

    /// <summary>An address outside of all services' is not asked for among them.</summary>
    [Theory]
    [InlineData("10.0.0.1", SampleNode.Remote4)]
    [InlineData("fd00::1", SampleNode.Remote6)]
    public void A_first_packet_asks_once_for_its_connection_and_for_each_end_and_for_no_service(string from, string to)
    {
        var calls = Count(_sample.WebPod, Packet.TcpFrom(from, 43000, to, 8080));


        // One to find none, one to store.
        Assert.Equal(2, calls.Count(call => call == "look up connections"));
        Assert.Single(calls, call => call == "spin_lock");
        Assert.Equal(2, calls.Count(call => call == "look up addresses"));
        Assert.DoesNotContain(calls, call => call is "look up services" or "look up backends");
    }

    /// <summary>Neither connections nor addresses nor rules are asked: at most a fourth of what the first denial took.</summary>
    [Theory]
    [InlineData("10.0.0.4", "10.0.0.2")]
    [InlineData("fd00::4", "fd00::2")]
    public void A_packet_denied_again_takes_one_look_up_beside_its_counters(string from, string to)
    {
        var denied = Packet.TcpFrom(from, 43000, to, 8080);

        var calls = Count(_sample.PlainPod, denied, denied with { SourcePort = 43001 });

        Assert.Equal(
            ["look up denied", "look up drop_reasons", "look up flow_record", "look up rule_counters", "look up rule_counters", "look up state", "look up work", "look up work"],
            Lookups(calls));
        Assert.Single(calls, call => call.StartsWith("tail call", StringComparison.Ordinal));
    }

    [Fact]
    public void A_first_packet_to_a_service_makes_two_entries()
    {
        var calls = Count(_sample.WebPod, Packet.TcpFrom("10.0.0.1", 43000, SampleNode.Service4, 80));


        Assert.Equal(2, calls.Count(call => call == "spin_lock"));
        Assert.Single(calls, call => call == "look up services");
        Assert.Single(calls, call => call == "look up backends");
        Assert.Equal(2, calls.Count(call => call == "look up addresses"));
        Assert.DoesNotContain("sk_storage_get", calls);
    }

    public void Dispose()
    {
        _counted.Dispose();
        _sample.Dispose();
    }

    private static IEnumerable<string> Lookups(string[] calls) =>
        calls.Where(call => call.StartsWith("look up", StringComparison.Ordinal)).Order(StringComparer.Ordinal);

    private string[] Count(Container container, params Packet[] packets)
    {
        var calls = _counted.Of(container, packets);
        _output.WriteLine(string.Join(", ", calls));
        return calls;
    }
}
