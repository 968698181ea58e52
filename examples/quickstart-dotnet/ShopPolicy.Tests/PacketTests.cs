using Netpol.Bundle;
using Netpol.Testing;
using Netpol.Testing.Packets;

namespace ShopPolicy.Tests;

/// <summary>The bundle's own programs, run on packets by this machine's kernel; as root.</summary>
public sealed class PacketTests : IDisposable
{
    private const string Web = "pod:shop/app=web@10.0.0.1,fd00::1";
    private const string Api = "pod:shop/app=api@10.0.0.2,fd00::2";
    private const string Db = "pod:shop/app=db@10.0.0.3";

    private readonly KernelRun _kernel = KernelRun.Load(PolicyBundle.DefaultFolder, Web, Api, Db);

    public void Dispose() => _kernel.Dispose();

    [Fact]
    public void AnAllowedConnectionIsDeliveredAndAnswered()
    {
        var opened = _kernel.Send(Web, Api, "8080/tcp");
        var answered = _kernel.Send(Api, Packet.TcpFrom("10.0.0.2", 8080, "10.0.0.1", 40000, Packet.Syn | Packet.Ack));

        Assert.True(opened is { IsAllowed: true, IsNewConnection: true, Exit: "peer" }, $"{opened}");
        Assert.Equal(PolicyBundle.RuleOf(PolicyBundle.Rules.ApiIngress1)!.Place, opened.Rule);
        Assert.Equal(Reason.Established, answered.Reason);
    }

    [Fact]
    public void WhatNoRuleAllowsIsDropped()
    {
        var denied = _kernel.Send(Web, Db, "5432/tcp");

        Assert.Equal((Verdict.Deny, Reason.DefaultDeny, "drop"), (denied.Verdict, denied.Reason, denied.Exit));
    }

    [Fact]
    public void EveryFamilyIsJudged()
    {
        Assert.True(_kernel.Send(Web, "fd00::2", "8080/tcp").IsAllowed);
        Assert.False(_kernel.Send(Web, "fd00::2", "22/tcp").IsAllowed);
    }

    [Fact]
    public void ASourceThatIsNotThePodsOwnIsDropped()
    {
        var spoofed = _kernel.Send(Web, Packet.TcpFrom("10.0.0.9", 40000, "10.0.0.2", 8080));

        Assert.Equal(Reason.Source, spoofed.Reason);
    }
}
