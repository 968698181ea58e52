using System.Collections.Immutable;
using System.Text.RegularExpressions;
using Netpol.Kubernetes.Objects;
using Netpol.Syntax;

namespace Netpol.Kubernetes.Reading;

/// <summary>Reads <c>from</c> and <c>to</c> of policies of whole clusters. Ingress peers are pods alone.</summary>
internal sealed partial class ClusterPeerReader(ClusterPolicyDialect dialect, ImportLog log)
{
    private static readonly string[] PodFields = ["namespaces", "pods"];
    private static readonly string[] EgressFields = [.. PodFields, "nodes", "networks", "domainNames"];

    public ImmutableArray<PolicyPeer> Read(FieldReader rule, bool isEgress, ActionSyntax? action)
    {
        var field = isEgress ? "to" : "from";
        rule.CheckCount(field, 1, dialect.MostItems);
        return [.. rule.Mappings(field).Select(peer => ReadPeer(peer, isEgress, action)).OfType<PolicyPeer>()];
    }

    /// <summary><c>namespaceSelector</c> and <c>podSelector</c>, empty where they may be left out.</summary>
    public PodSet? ReadNamespacedPod(FieldReader fields)
    {
        var namespaces = ReadSelector(fields, "namespaceSelector", isRequired: !dialect.HasProtocols);
        var pods = ReadSelector(fields, "podSelector", isRequired: true);
        fields.Close();
        return namespaces is null || pods is null ? null : PodSet.Across(namespaces, pods);
    }

    private LabelSelector? ReadSelector(FieldReader fields, string field, bool isRequired)
    {
        if (fields.Mapping(field) is { } selector)
        {
            return Selectors.Read(selector);
        }

        if (fields.Has(field))
        {
            return null;
        }

        if (isRequired)
        {
            log.Report(ImportDiagnostics.Missing, fields.Span, fields.PathOf(field));
            return null;
        }

        return LabelSelector.Everything;
    }

    private PolicyPeer? ReadPeer(FieldReader peer, bool isEgress, ActionSyntax? action)
    {
        PolicyPeer? read = peer.OnlyOne(isEgress ? EgressFields : PodFields) switch
        {
            "namespaces" when peer.Mapping("namespaces") is { } fields => ReadNamespaces(fields, LabelSelector.Everything, peer),
            "pods" when peer.Mapping("pods") is { } fields => ReadPods(fields, peer),
            "nodes" when peer.Mapping("nodes") is { } fields => new PolicyPeer.Nodes(Selectors.Read(fields), peer.Span),
            "networks" => ReadNetworks(peer),
            "domainNames" => ReadDomains(peer, action),
            _ => null,
        };
        peer.Close();
        return read;
    }

    private PolicyPeer? ReadPods(FieldReader fields, FieldReader peer)
    {
        if (dialect.HasFirstForm && fields.Mapping("namespaces") is { } namespaces)
        {
            var pods = ReadSelector(fields, "podSelector", isRequired: true);
            fields.Close();
            return pods is null ? null : ReadFirstForm(namespaces, pods, peer);
        }

        return ReadNamespacedPod(fields) is { } set ? new PolicyPeer.Pods(set, peer.Span) : null;
    }

    private PolicyPeer? ReadNamespaces(FieldReader fields, LabelSelector pods, FieldReader peer) =>
        dialect.HasFirstForm && (fields.Has("namespaceSelector") || fields.Has("sameLabels") || fields.Has("notSameLabels"))
            ? ReadFirstForm(fields, pods, peer)
            : new PolicyPeer.Pods(PodSet.Across(Selectors.Read(fields), pods), peer.Span);

    /// <summary>
    /// The form of v0.1.0: <c>namespaceSelector</c>, or namespaces by the labels that the subject's namespace has. A later server knows
    /// none of these fields.
    /// </summary>
    private PolicyPeer? ReadFirstForm(FieldReader fields, LabelSelector pods, FieldReader peer)
    {
        log.Report(ImportDiagnostics.FirstForm, fields.Span, fields.Path);
        PolicyPeer? read = fields.OnlyOne("namespaceSelector", "sameLabels", "notSameLabels") switch
        {
            "namespaceSelector" when fields.Mapping("namespaceSelector") is { } selector =>
                new PolicyPeer.Pods(PodSet.Across(Selectors.Read(selector), pods), peer.Span),
            "sameLabels" => ReadRelated(fields, "sameLabels", pods, peer),
            "notSameLabels" => ReadRelated(fields, "notSameLabels", pods, peer),
            _ => null,
        };
        fields.Close();
        return read;
    }

    /// <summary>
    /// Namespaces with the same value of a label as the subject's, or another value. Of the label that holds the name this is the subject's
    /// namespace, or every other; values of other labels are not known to a rule.
    /// </summary>
    private PolicyPeer? ReadRelated(FieldReader fields, string field, LabelSelector pods, FieldReader peer)
    {
        fields.CheckCount(field, 1, dialect.MostItems);
        var labels = fields.Texts(field);
        if (labels is [var (label, _)] && label == PodSet.NameLabel)
        {
            return new PolicyPeer.Related(field == "sameLabels", pods, peer.Span);
        }

        if (!labels.IsEmpty)
        {
            log.Report(
                ImportDiagnostics.CannotBeSaid, fields.SpanOf(field), fields.PathOf(field),
                "no rule compares a label of one namespace with that of another");
        }

        return null;
    }

    private PolicyPeer.Block? ReadNetworks(FieldReader peer)
    {
        peer.CheckCount("networks", 1, dialect.MostItems);
        var prefixes = Blocks.ReadPrefixes(peer, "networks");
        return prefixes.IsEmpty ? null : new PolicyPeer.Block(prefixes, [], peer.Span);
    }

    private PolicyPeer.Domains? ReadDomains(FieldReader peer, ActionSyntax? action)
    {
        peer.CheckCount("domainNames", 1, dialect.MostItems);
        if (action is ActionSyntax.Deny or ActionSyntax.Pass)
        {
            log.Report(
                ImportDiagnostics.Invalid, peer.SpanOf("domainNames"), peer.PathOf("domainNames"), $"only `{dialect.AllowWord}` rules take domain names");
        }

        var patterns = ImmutableArray.CreateBuilder<string>();
        foreach (var (name, span) in peer.Texts("domainNames"))
        {
            if (DomainName().IsMatch(name) && Names.FitsDns(PatternOf(name)))
            {
                patterns.Add(PatternOf(name));
            }
            else
            {
                log.Report(
                    ImportDiagnostics.Invalid, span, peer.PathOf("domainNames"),
                    $"`{name}` is no domain name such as example.com or *.example.com");
            }
        }

        return patterns.Count == 0 ? null : new PolicyPeer.Domains([.. patterns.Distinct()], peer.Span);
    }

    /// <summary>
    /// "'*', the wildcard specifier, matches one or more entire labels": <c>**</c> here. A dot at the end says that the name is whole, as all
    /// are here, and names have no case.
    /// </summary>
    private static string PatternOf(string name)
    {
        var whole = name.TrimEnd('.').ToLowerInvariant();
        return whole.StartsWith("*.", StringComparison.Ordinal) ? $"*{whole}" : whole;
    }

    /// <summary>The CRD's own pattern.</summary>
    [GeneratedRegex(@"\A(\*\.)?([a-zA-Z0-9]([-a-zA-Z0-9_]*[a-zA-Z0-9])?\.)+[a-zA-Z0-9]([-a-zA-Z0-9_]*[a-zA-Z0-9])?\.?\z")]
    private static partial Regex DomainName();
}
