using System.Collections.Immutable;
using Netpol.Kubernetes.Objects;
using Netpol.Syntax;

namespace Netpol.Kubernetes.Reading;

/// <summary>
/// Reads CiliumNetworkPolicy and CiliumClusterwideNetworkPolicy. Their rules are of the ordinary tier: they stand beside those of NetworkPolicy,
/// and a deny wins. Every field means the same here or is refused by its name.
/// </summary>
internal sealed class CiliumPolicyReader(ImportLog log)
{
    private readonly CiliumPortReader _ports = new(log);

    /// <summary>A policy for <c>spec</c>, and one for each of <c>specs</c>.</summary>
    public ImmutableArray<PolicyObject> Read(FieldReader root, ObjectMetadata metadata)
    {
        var specs = root.Mappings("specs").ToList();
        if (root.Mapping("spec") is { } spec)
        {
            specs.Insert(0, spec);
        }

        if (specs.Count == 0 && !root.Has("spec"))
        {
            log.Report(ImportDiagnostics.Missing, root.Span, "spec");
        }

        var policies = ImmutableArray.CreateBuilder<PolicyObject>();
        foreach (var (rule, number) in specs.Select((rule, index) => (rule, index + 1)))
        {
            if (ReadRule(rule, number == 1 ? metadata : metadata with { Name = $"{metadata.Name}-{number}" }) is { } policy)
            {
                policies.Add(policy);
            }
        }

        return policies.ToImmutable();
    }

    private PolicyObject? ReadRule(FieldReader rule, ObjectMetadata metadata)
    {
        PodSet? subject = null;
        if (rule.Has("nodeSelector"))
        {
            log.Report(ImportDiagnostics.CannotBeSaid, rule.SpanOf("nodeSelector"), rule.PathOf("nodeSelector"), "rules for nodes themselves");
        }
        else if (rule.Mapping("endpointSelector") is { } selector)
        {
            subject = CiliumSelectors.Read(selector, metadata.Namespace, log);
        }
        else if (!rule.Has("endpointSelector"))
        {
            log.Report(ImportDiagnostics.Missing, rule.Span, rule.PathOf("endpointSelector"));
        }

        var defaults = rule.Mapping("enableDefaultDeny");
        var ingress = ReadBlock(rule, "ingress", defaults?.Boolean("ingress"), new CiliumPeerReader(log, metadata.Namespace, isEgress: false));
        var egress = ReadBlock(rule, "egress", defaults?.Boolean("egress"), new CiliumPeerReader(log, metadata.Namespace, isEgress: true));
        defaults?.Close();
        var description = rule.Text("description");
        rule.Ignore("labels", "log").Close();
        return subject is null ? null : new PolicyObject(metadata with { Description = description ?? metadata.Description }, subject, Tier: null, ingress, egress);
    }

    /// <summary>
    /// "If not specified, default deny is true if there are any rules in this direction"; without it rules are added and nobody is
    /// isolated.
    /// </summary>
    private RuleBlock? ReadBlock(FieldReader rule, string direction, bool? isDefaultDeny, CiliumPeerReader peers)
    {
        var entries = rule.Mappings(direction).Select(entry => (Entry: entry, Action: ActionSyntax.Allow))
            .Concat(rule.Mappings($"{direction}Deny").Select(entry => (Entry: entry, Action: ActionSyntax.Deny))).ToList();
        ImmutableArray<PolicyRule> rules = [.. entries.SelectMany(entry => ReadEntry(entry.Entry, entry.Action, peers))];
        var isIsolating = isDefaultDeny ?? entries.Count > 0;
        return isIsolating || !rules.IsEmpty ? new RuleBlock(rules, IsOpen: !isIsolating) : null;
    }

    private List<PolicyRule> ReadEntry(FieldReader entry, ActionSyntax action, CiliumPeerReader peerReader)
    {
        var hasPeers = peerReader.Read(entry, out var peers);
        var matches = _ports.Read(entry);
        if (entry.Mapping("authentication") is { } authentication && authentication.Text("mode") != "disabled")
        {
            log.Report(
                ImportDiagnostics.CannotBeSaid, entry.SpanOf("authentication"), entry.PathOf("authentication"), "no rule asks who a peer is by cryptography");
        }

        entry.Close();

        // An entry that names neither peers nor ports matches nothing; it isolates all the same.
        if ((!hasPeers && matches is null) || (hasPeers && peers.IsEmpty))
        {
            return [];
        }

        return
        [
            .. (matches ?? [new CiliumPortMatch([], default)]).Select(match =>
                new PolicyRule(action, null, hasPeers ? peers : [], match.Ports, entry.Span) { Http = match.Http }),
        ];
    }
}
