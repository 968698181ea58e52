using System.Collections.Immutable;
using Netpol.Kubernetes.Objects;
using Netpol.Syntax;

namespace Netpol.Kubernetes.Reading;

/// <summary>Reads policies of whole clusters (policy.networking.k8s.io), with the checks of their CRDs.</summary>
internal sealed class ClusterPolicyReader(ClusterPolicyDialect dialect, ImportLog log)
{
    private const int LongestRuleName = 100;
    private const int LastPriority = 1000;
    private const string OnlyBaselineName = "default";

    private readonly ClusterPeerReader _peers = new(dialect, log);
    private readonly ClusterPortReader _ports = new(dialect, log);

    /// <returns>Null, with the reason reported, where tier or subject are not known.</returns>
    public PolicyObject? Read(FieldReader? spec, ObjectMetadata metadata)
    {
        if (spec is null)
        {
            log.Report(ImportDiagnostics.Missing, metadata.Span, "spec");
            return null;
        }

        if (dialect is { IsBaseline: true } && metadata.Name != OnlyBaselineName)
        {
            log.Report(
                ImportDiagnostics.Invalid, metadata.Span, "metadata.name",
                $"there is one {metadata.Kind} in a cluster, and its name is `{OnlyBaselineName}`");
        }

        var tier = ReadTier(spec);
        var subject = ReadSubject(spec);
        var ingress = ReadRules(spec, "ingress", isEgress: false);
        var egress = ReadRules(spec, "egress", isEgress: true);
        spec.Close();
        return tier is null || subject is null ? null : new PolicyObject(metadata, subject, tier, Block(ingress), Block(egress));
    }

    /// <summary>"CNPs with no ingress rules do not affect ingress traffic", and so with egress.</summary>
    private static RuleBlock? Block(ImmutableArray<PolicyRule> rules) => rules.IsEmpty ? null : new RuleBlock(rules);

    private PolicyTier? ReadTier(FieldReader spec)
    {
        bool? isBaseline = dialect.IsBaseline;
        if (dialect.HasTier)
        {
            isBaseline = spec.Choice("tier", ("Admin", false), ("Baseline", true));
        }

        long? priority = LastPriority;
        if (dialect.HasPriority)
        {
            priority = spec.RequiredInteger("priority", 0, LastPriority);
        }

        return isBaseline is { } kind && priority is { } number ? new PolicyTier(kind, (int)number, number) : null;
    }

    private PodSet? ReadSubject(FieldReader spec)
    {
        if (spec.Mapping("subject") is not { } subject)
        {
            if (!spec.Has("subject"))
            {
                log.Report(ImportDiagnostics.Missing, spec.Span, spec.PathOf("subject"));
            }

            return null;
        }

        var set = subject.OnlyOne("namespaces", "pods") switch
        {
            "namespaces" when subject.Mapping("namespaces") is { } namespaces => PodSet.Across(Selectors.Read(namespaces), LabelSelector.Everything),
            "pods" when subject.Mapping("pods") is { } pods => _peers.ReadNamespacedPod(pods),
            _ => null,
        };
        subject.Close();
        return set;
    }

    private ImmutableArray<PolicyRule> ReadRules(FieldReader spec, string field, bool isEgress)
    {
        spec.CheckCount(field, 0, dialect.MostItems);
        return [.. spec.Mappings(field).Select(rule => ReadRule(rule, isEgress)).OfType<PolicyRule>()];
    }

    private PolicyRule? ReadRule(FieldReader rule, bool isEgress)
    {
        var name = rule.Text("name");
        if (name?.Length > LongestRuleName)
        {
            log.Report(
                ImportDiagnostics.Invalid, rule.SpanOf("name"), rule.PathOf("name"), $"more than {LongestRuleName} characters");
        }

        (string, ActionSyntax)[] actions = [(dialect.AllowWord, ActionSyntax.Allow), ("Deny", ActionSyntax.Deny)];
        var action = rule.Choice("action", dialect.HasPass ? [.. actions, ("Pass", ActionSyntax.Pass)] : actions);
        var peers = _peers.Read(rule, isEgress, action);
        var ports = _ports.Read(rule);
        rule.Close();
        if (ports.OfType<PolicyPort.Named>().FirstOrDefault() is { } named && peers.Any(peer => peer is not (PolicyPeer.Pods or PolicyPeer.Related)))
        {
            log.Report(
                ImportDiagnostics.Invalid, named.Span, rule.PathOf(dialect.HasProtocols ? "protocols" : "ports"),
                "a named port may not stand in a rule to networks, nodes or domain names, which have none");
        }

        return action is { } known ? new PolicyRule(known, string.IsNullOrEmpty(name) ? null : name, peers, ports, rule.Span) : null;
    }
}
