using Netpol.Bundle;
using Netpol.Testing.Packets;

namespace Netpol.Tests.Kernel.Datapath;

/// <summary>Who is judged where, and by which rule.</summary>
public sealed class VerdictTests(SampleNode sample) : IClassFixture<SampleNode>
{
    private readonly TestNode _node = sample.Node;

    [Theory]
    [InlineData("10.0.0.1", "10.0.0.2")]
    [InlineData("fd00::1", "fd00::2")]
    public void A_connection_between_two_containers_is_judged_at_both_ends_and_redirected(string web, string api)
    {
        var outcome = _node.Send(sample.WebPod, Packet.TcpFrom(web, 40001, api, 8080));


        Assert.Equal((Exit.Peer, Reason.Rule), outcome.Way);
        Assert.Equal(TestNode.AnswerRedirect, outcome.Answer);
        Assert.Equal(sample.ApiPod.Ifindex, outcome.Record.Ifindex);
        Assert.Equal(((byte)Verdict.Allow, (byte)Reason.NotIsolated), (outcome.Record.EgressVerdict, outcome.Record.EgressReason));
        Assert.Equal((4u, (byte)Verdict.Allow), (outcome.Record.IngressRule, outcome.Record.IngressVerdict));
        Assert.Equal((1, 1), (outcome.Record.Logged, outcome.Record.NewConnection));
    }

    [Theory]
    [InlineData("10.0.0.4", "10.0.0.2")]
    [InlineData("fd00::4", "fd00::2")]
    public void What_no_rule_of_an_isolated_end_allows_is_dropped_by_default(string plain, string api)
    {
        var outcome = _node.Send(sample.PlainPod, Packet.TcpFrom(plain, 40002, api, 8080));


        Assert.Equal((Exit.Drop, Reason.DefaultDeny), outcome.Way);
        Assert.Equal(((byte)Verdict.Allow, (byte)Verdict.Deny), (outcome.Record.EgressVerdict, outcome.Record.IngressVerdict));
        Assert.Equal(0, outcome.Record.NewConnection);
    }

    [Fact]
    public void An_egress_denial_is_the_answer_and_ingress_is_not_asked()
    {
        var outcome = _node.Send(sample.GuestPod, Packet.TcpFrom("10.0.0.3", 40003, "10.0.0.1", 22));


        Assert.Equal((Exit.Drop, Reason.Rule), outcome.Way);
        Assert.Equal((1u, (byte)Verdict.None), (outcome.Record.EgressRule, outcome.Record.IngressVerdict));
    }

    [Fact]
    public void A_port_is_matched_by_the_name_that_its_receiver_gives_it()
    {
        var named = _node.Send(sample.WebPod, Packet.TcpFrom("10.0.0.1", 40004, "10.0.0.2", 8081));
        var unnamed = _node.Send(sample.WebPod, Packet.TcpFrom("10.0.0.1", 40004, "10.0.0.2", 8082));


        Assert.Equal((Exit.Peer, 4u), (named.Exit, named.Record.IngressRule));
        Assert.Equal((Exit.Drop, Reason.DefaultDeny), unnamed.Way);
    }

    [Fact]
    public void Same_namespace_compares_the_two_ends()
    {
        var same = _node.Send(sample.WebPod, Packet.TcpFrom("10.0.0.1", 40005, "10.0.0.2", 9000));
        var other = _node.Send(sample.PlainPod, Packet.TcpFrom("10.0.0.4", 40005, "10.0.0.2", 9000));


        Assert.Equal((Exit.Peer, 5u), (same.Exit, same.Record.IngressRule));
        Assert.Equal((Exit.Drop, Reason.DefaultDeny), other.Way);
    }

    [Theory]
    [InlineData("10.0.0.4", SampleNode.Remote4)]
    [InlineData("fd00::4", SampleNode.Remote6)]
    [InlineData("10.0.0.4", SampleNode.Host4)]
    [InlineData("10.0.0.4", "224.0.0.251")]
    public void What_leaves_the_node_goes_to_the_stack_after_its_egress_verdict(string from, string to)
    {
        var outcome = _node.Send(sample.PlainPod, Packet.UdpFrom(from, 40006, to, 53));


        Assert.Equal((Exit.Stack, Reason.NotIsolated), outcome.Way);
        Assert.Equal(TestNode.AnswerNext, outcome.Answer);
        Assert.Equal((byte)Verdict.None, outcome.Record.IngressVerdict);
    }

    [Theory]
    [InlineData("192.0.2.9", "10.0.0.2", 8050, Exit.Drop, Reason.Rule, 3u)]
    [InlineData("2001:db8:2::9", "fd00::2", 8050, Exit.Drop, Reason.Rule, 3u)]
    [InlineData("198.51.100.9", "10.0.0.2", 8050, Exit.Drop, Reason.DefaultDeny, 0u)]
    [InlineData("198.51.100.9", "10.0.0.1", 8050, Exit.Stack, Reason.NotIsolated, 0u)]
    public void What_comes_by_the_stack_is_judged_at_its_destination(
        string from, string to, ushort port, Exit exit, Reason reason, uint rule)
    {
        var receiver = to is "10.0.0.1" ? sample.WebPod : sample.ApiPod;

        var outcome = _node.Receive(receiver, Packet.TcpFrom(from, 40007, to, port));


        Assert.Equal((exit, reason), outcome.Way);
        Assert.Equal(rule, outcome.Record.IngressRule);
        Assert.Equal((byte)Verdict.None, outcome.Record.EgressVerdict);
    }

    [Theory]
    [InlineData(SampleNode.Host4, "10.0.0.2")]
    [InlineData(SampleNode.Host6, "fd00::2")]
    public void The_nodes_own_sockets_reach_its_endpoints_and_forwarded_packets_do_not(string host, string api)
    {
        var forwarded = _node.Receive(sample.ApiPod, Packet.TcpFrom(host, 40008, api, 8080), isForwarded: true);
        var own = _node.Receive(sample.ApiPod, Packet.TcpFrom(host, 40008, api, 8080), isForwarded: false);
        var answer = _node.Send(sample.ApiPod, Packet.TcpFrom(host, 40008, api, 8080).Reply());


        Assert.Equal((Exit.Drop, Reason.DefaultDeny), forwarded.Way);
        Assert.Equal((Exit.Stack, Reason.Host), own.Way);
        Assert.Equal((Exit.Stack, Reason.Established), answer.Way);
    }

    [Fact]
    public void An_endpoint_reaches_its_own_addresses_whatever_policy_says()
    {
        var outcome = _node.Send(sample.PlainPod, Packet.TcpFrom("10.0.0.4", 40009, "10.0.0.5", 8080));


        Assert.Equal((Exit.Peer, Reason.SameEndpoint), outcome.Way);
        Assert.Equal(sample.PlainPod.Ifindex, outcome.Record.Ifindex);
    }

    [Fact]
    public void Verdicts_are_counted_by_rule_and_drops_by_reason()
    {
        var (rules, drops) = (_node.RuleVerdicts(3), _node.DropsBecause(Reason.Rule));

        _ = _node.Receive(sample.ApiPod, Packet.TcpFrom("192.0.2.77", 40010, "10.0.0.2", 8099));


        Assert.Equal((rules + 1, drops + 1), (_node.RuleVerdicts(3), _node.DropsBecause(Reason.Rule)));
    }

    [Fact]
    public void An_endpoint_that_is_not_published_yet_is_judged_by_nobody_and_dropped()
    {
        var late = _node.Add(1, [], "10.0.9.9");
        _node.Withdraw(late);

        var sent = _node.Send(late, Packet.TcpFrom("10.0.9.9", 40011, "10.0.0.1", 80));
        var received = _node.Receive(late, Packet.TcpFrom("10.0.0.1", 40011, "10.0.9.9", 80));


        Assert.Equal((Exit.Drop, Reason.UnknownEndpoint), sent.Way);
        Assert.Equal((Exit.Drop, Reason.UnknownEndpoint), received.Way);
    }
}
