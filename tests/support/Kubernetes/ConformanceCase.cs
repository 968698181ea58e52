using System.Collections.Immutable;

namespace Netpol.Tests.Support.Kubernetes;

/// <summary>
/// One test of network-policy-api's conformance suite (<c>conformance/tests</c>): a manifest, and what its Go code does and expects, a line a
/// step. <c>g0 r0 tcp/80 allow</c> pokes a server; <c>NAME swap egress 0 1</c> and the like change the policy as the test does.
/// </summary>
/// <param name="Manifest">Its path below <c>conformance/base</c>, without extension.</param>
public sealed record ConformanceCase(string Name, string Manifest, string Steps)
{
    public static ImmutableArray<ConformanceCase> All { get; } =
    [
        new("CNPAdminTierEgressTCP", "admin_tier/standard-egress-tcp-rules", """
            g0 r0 tcp/80 allow;  g1 r0 tcp/8080 allow;  g0 h1 tcp/8080 allow;  g1 h1 tcp/80 deny
            r0 g0 tcp/80 allow;  s0 g1 tcp/80 allow
            egress-tcp swap egress 0 1;  g0 r1 tcp/80 deny;  g1 r1 tcp/8080 deny;  g0 s0 tcp/80 deny;  g1 s0 tcp/8080 allow
            egress-tcp swap egress 0 2;  g0 r0 tcp/80 allow;  g1 r0 tcp/8080 allow
            egress-tcp swap egress 3 4;  g0 s0 tcp/80 allow;  g1 s0 tcp/8080 allow
            """),
        new("CNPAdminTierEgressUDP", "admin_tier/standard-egress-udp-rules", """
            h0 r0 udp/53 allow;  h1 r0 udp/5353 allow;  h0 g1 udp/53 allow;  h1 g1 udp/5353 deny
            egress-udp swap egress 0 1;  h0 r1 udp/53 deny;  h1 r1 udp/5353 deny;  h0 s0 udp/5353 deny;  h1 s0 udp/53 allow
            egress-udp swap egress 0 2;  h0 r1 udp/5353 allow;  h1 r1 udp/53 allow
            egress-udp swap egress 3 4;  h0 s0 udp/5353 allow;  h1 s0 udp/53 allow
            """),
        new("CNPAdminTierEgressSCTP", "admin_tier/standard-egress-sctp-rules", """
            r0 g0 sctp/9003 allow;  r1 g0 sctp/9005 allow;  r0 h1 sctp/9003 allow;  r1 h1 sctp/9005 deny
            egress-sctp swap egress 0 1;  r0 g1 sctp/9003 deny;  r1 g1 sctp/9005 deny;  r0 s0 sctp/9003 deny;  r1 s0 sctp/9005 allow
            egress-sctp swap egress 0 2;  r0 g1 sctp/9003 allow;  r1 g1 sctp/9005 allow
            egress-sctp swap egress 3 4;  r0 s0 sctp/9003 allow;  r1 s0 sctp/9005 allow
            """),
        new("CNPAdminTierIngressTCP", "admin_tier/standard-ingress-tcp-rules", """
            r0 g0 tcp/80 allow;  r1 g0 tcp/8080 allow;  h0 g1 tcp/80 allow;  h1 g1 tcp/8080 deny
            g0 r0 tcp/80 allow;  g1 s0 tcp/80 allow
            ingress-tcp swap ingress 0 1;  r0 g1 tcp/80 deny;  r1 g1 tcp/8080 deny;  s0 g0 tcp/80 deny;  s1 g0 tcp/8080 allow
            ingress-tcp swap ingress 0 2;  r0 g0 tcp/80 allow;  r1 g0 tcp/8080 allow
            ingress-tcp swap ingress 3 4;  s0 g0 tcp/80 allow;  s1 g0 tcp/8080 allow
            """),
        new("CNPAdminTierIngressUDP", "admin_tier/standard-ingress-udp-rules", """
            r0 h0 udp/53 allow;  r1 h0 udp/5353 allow;  g0 h1 udp/53 allow;  g1 h1 udp/5353 deny
            ingress-udp swap ingress 0 1;  r0 h1 udp/53 deny;  r1 h1 udp/5353 deny;  s0 h0 udp/5353 deny;  s1 h0 udp/53 allow
            ingress-udp swap ingress 0 2;  r0 h1 udp/5353 allow;  r1 h1 udp/53 allow
            ingress-udp swap ingress 3 4;  s0 h0 udp/5353 allow;  s1 h0 udp/53 allow
            """),
        new("CNPAdminTierIngressSCTP", "admin_tier/standard-ingress-sctp-rules", """
            g0 r0 sctp/9003 allow;  g1 r0 sctp/9005 allow;  h0 r1 sctp/9003 allow;  h1 r1 sctp/9005 deny
            ingress-sctp swap ingress 0 1;  g0 r1 sctp/9003 deny;  g1 r1 sctp/9005 deny;  s0 r0 sctp/9003 deny;  s1 r0 sctp/9005 allow
            ingress-sctp swap ingress 0 2;  g0 r1 sctp/9003 allow;  g1 r1 sctp/9005 allow
            ingress-sctp swap ingress 3 4;  s0 r0 sctp/9003 allow;  s1 r0 sctp/9005 allow
            """),
        new("CNPAdminTierGress", "admin_tier/standard-gress-rules-combined", $"""
            {Gress}
            gress-rules swap ingress 0 1;  gress-rules swap egress 0 1
            {GressDenied}
            gress-rules swap ingress 0 2;  gress-rules swap egress 0 2
            g0 r0 tcp/80 allow;  g0 r0 udp/5353 allow;  g0 r0 sctp/9003 allow;  r0 g0 tcp/80 allow;  r1 g0 udp/53 allow;  r1 g0 sctp/9003 allow
            gress-rules swap ingress 3 4;  gress-rules swap egress 3 4
            g0 s0 tcp/80 allow;  g1 s0 tcp/8080 allow;  g0 s0 udp/53 allow;  g1 s0 udp/5353 allow;  g0 s0 sctp/9003 allow;  g1 s0 sctp/9005 allow
            s0 g0 tcp/80 allow;  s1 g0 tcp/8080 allow;  s0 g0 udp/53 allow;  s1 g0 udp/5353 allow;  s0 g0 sctp/9003 allow;  s1 g0 sctp/9005 allow
            """),
        new("CNPAdminTierPriorityField", "admin_tier/standard-priority-field", """
            s0 g0 tcp/80 deny;  s1 g0 tcp/8080 deny;  g0 s0 tcp/80 deny;  g1 s0 tcp/8080 deny
            old-priority-60-new-priority-40-example priority 40
            s0 g0 tcp/80 allow;  s1 g0 tcp/8080 allow;  g0 s0 tcp/80 allow;  g1 s0 tcp/8080 allow
            """),
        new("CNPAdminTierEgressInlineCIDRPeers", "admin_tier/standard-egress-inline-cidr-rules", InlineNetworks("inline-cidr-as-peers-example")),
        new("CNPAdminTierEgressNamedPort", "admin_tier/standard-egress-tcp-rules", """
            egress-tcp named egress 5 web;  g0 h1 tcp/80 allow;  g1 h1 tcp/8080 deny
            """),
        new("CNPAdminTierIngressNamedPort", "admin_tier/standard-ingress-udp-rules", """
            ingress-udp named ingress 5 dns;  g0 h1 udp/53 allow;  g1 h1 udp/5353 deny
            """),
        new("CNPAdminTierEgressNodePeers", "admin_tier/experimental-egress-selector-rules", """
            g1 node tcp/34345 allow;  g1 node udp/34347 allow
            g1 node tcp/34346 deny;  g1 node udp/34349 deny;  g1 node sctp/34351 deny
            """),
        new("CNPAdminTierIntegration", "api_integration/standard-anp-np-banp", """
            s0 g0 tcp/80 deny;  s1 g0 tcp/8080 deny;  g0 s0 tcp/80 deny;  g1 s0 tcp/8080 deny
            pass-example action ingress 0 Pass;  s0 g0 tcp/80 allow;  s1 g0 tcp/8080 allow
            pass-example action egress 0 Pass;  g0 s0 tcp/80 allow;  g1 s0 tcp/8080 allow
            allow-gress-from-to-slytherin-to-gryffindor delete
            s0 g0 tcp/80 deny;  s1 g0 tcp/8080 deny;  g0 s0 tcp/80 deny;  g1 s0 tcp/8080 deny
            """),
        new("CNPBaselineTierEgressTCP", "baseline_tier/standard-egress-tcp-rules", """
            g0 r0 tcp/80 allow;  g1 r0 tcp/8080 allow;  g0 h1 tcp/8080 allow;  g1 h1 tcp/80 deny
            r0 g0 tcp/80 allow;  s0 g1 tcp/80 allow
            default swap egress 0 1;  g0 r1 tcp/80 deny;  g1 r1 tcp/8080 deny;  g0 s0 tcp/80 deny;  g1 s0 tcp/8080 allow
            """),
        new("CNPBaselineTierEgressUDP", "baseline_tier/standard-egress-udp-rules", """
            h0 r0 udp/53 allow;  h1 r0 udp/5353 allow;  h0 g1 udp/53 allow;  h1 g1 udp/5353 deny
            default swap egress 0 1;  h0 r1 udp/53 deny;  h1 r1 udp/5353 deny;  h0 s0 udp/5353 deny;  h1 s0 udp/53 allow
            """),
        new("CNPBaselineTierEgressSCTP", "baseline_tier/standard-egress-sctp-rules", """
            r0 g0 sctp/9003 allow;  r1 g0 sctp/9005 allow;  r0 h1 sctp/9003 allow;  r1 h1 sctp/9005 deny
            default swap egress 0 1;  r0 g1 sctp/9003 deny;  r1 g1 sctp/9005 deny;  r0 s0 sctp/9003 deny;  r1 s0 sctp/9005 allow
            """),
        new("CNPBaselineTierIngressTCP", "baseline_tier/standard-ingress-tcp-rules", """
            r0 g0 tcp/80 allow;  r1 g0 tcp/8080 allow;  h0 g1 tcp/80 allow;  h1 g1 tcp/8080 deny
            g0 r0 tcp/80 allow;  g1 s0 tcp/80 allow
            default swap ingress 0 1;  r0 g1 tcp/80 deny;  r1 g1 tcp/8080 deny;  s0 g0 tcp/80 deny;  s1 g0 tcp/8080 allow
            """),
        new("CNPBaselineTierIngressUDP", "baseline_tier/standard-ingress-udp-rules", """
            r0 h0 udp/53 allow;  r1 h0 udp/5353 allow;  g0 h1 udp/53 allow;  g1 h1 udp/5353 deny
            default swap ingress 0 1;  r0 h1 udp/53 deny;  r1 h1 udp/5353 deny;  s0 h0 udp/5353 deny;  s1 h0 udp/53 allow
            """),
        new("CNPBaselineTierIngressSCTP", "baseline_tier/standard-ingress-sctp-rules", """
            g0 r0 sctp/9003 allow;  g1 r0 sctp/9005 allow;  h0 r1 sctp/9003 allow;  h1 r1 sctp/9005 deny
            default swap ingress 0 1;  g0 r1 sctp/9003 deny;  g1 r1 sctp/9005 deny;  s0 r0 sctp/9003 deny;  s1 r0 sctp/9005 allow
            """),
        new("CNPBaselineTierGress", "baseline_tier/standard-gress-rules-combined", $"""
            {Gress}
            default swap ingress 0 1;  default swap egress 0 1
            {GressDenied}
            """),
        new("CNPBaselineTierEgressInlineCIDRPeers", "baseline_tier/standard-egress-inline-cidr-rules", InlineNetworks("default")),
        new("CNPBaselineTierEgressNamedPort", "baseline_tier/standard-egress-udp-rules", """
            default named egress 3 dns;  h0 g1 udp/53 allow;  h1 g1 udp/5353 deny
            """),
        new("CNPBaselineTierEgressNodePeers", "baseline_tier/experimental-egress-selector-rules", """
            g0 node tcp/34345 allow;  g1 node tcp/34346 allow;  g1 node udp/34347 deny;  g1 node sctp/34351 deny
            """),
    ];

    /// <summary>What both tiers' tests of ingress and egress together expect of the policy as it is.</summary>
    private const string Gress = """
        g0 r0 tcp/80 allow;  g1 r0 udp/53 allow;  g0 r0 sctp/9003 allow;  r0 g0 tcp/80 allow;  r1 g0 udp/53 allow;  r1 g0 sctp/9003 allow
        g0 h1 tcp/8080 allow;  g1 h1 tcp/80 deny;  g0 h1 udp/5353 allow;  g1 h1 udp/53 deny;  g0 h1 sctp/9003 allow;  g1 h1 sctp/9005 deny
        h0 g1 tcp/80 allow;  h1 g1 tcp/8080 deny;  h0 g1 udp/5353 allow;  h1 g1 udp/53 deny;  h0 g1 sctp/9003 allow;  h1 g1 sctp/9005 deny
        """;

    /// <summary>And with its first two rules swapped.</summary>
    private const string GressDenied = """
        g0 r1 tcp/80 deny;  g1 r1 udp/53 deny;  g0 r1 sctp/9003 deny;  r0 g1 tcp/80 deny;  r1 g1 udp/53 deny;  r1 g1 sctp/9003 deny
        g0 s0 tcp/80 deny;  g1 s0 tcp/8080 allow;  g0 s0 udp/53 deny;  g1 s0 udp/5353 allow;  g0 s0 sctp/9003 deny;  g1 s0 sctp/9005 allow
        s0 g0 tcp/80 deny;  s1 g0 tcp/8080 allow;  s0 g0 udp/53 deny;  s1 g0 udp/5353 allow;  s0 g0 sctp/9003 deny;  s1 g0 sctp/9005 allow
        """;

    public IEnumerable<string[]> Commands() =>
        Steps.Split([';', '\n'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Select(step => step.Split(' ', StringSplitOptions.RemoveEmptyEntries));

    public override string ToString() => Name;

    private static string InlineNetworks(string policy) => $"""
        g1 r0 tcp/80 deny;  g1 r0 udp/53 deny;  g1 r0 sctp/9003 deny;  g1 h0 tcp/80 deny;  g1 h0 udp/53 deny;  g1 h0 sctp/9003 deny
        g1 s0 tcp/80 allow;  g1 s0 udp/53 allow;  g1 s0 sctp/9003 allow
        {policy} networks egress r0 h0
        g1 r0 tcp/80 allow;  g1 r0 udp/53 allow;  g1 r0 sctp/9003 allow;  g1 h0 tcp/80 allow;  g1 h0 udp/53 allow;  g1 h0 sctp/9003 allow
        g1 r1 tcp/80 deny;  g1 r1 udp/53 deny;  g1 r1 sctp/9003 deny;  g1 h1 tcp/80 deny;  g1 h1 udp/53 deny;  g1 h1 sctp/9003 deny
        """;
}
