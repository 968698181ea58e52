using System.Collections.Immutable;
using Netpol.Kubernetes.Objects;
using Netpol.Syntax;

namespace Netpol.Kubernetes.Reading;

/// <summary>Reads the peers of one entry of <c>ingress</c>, <c>egress</c> and their denying kin: of the fields an entry may have one.</summary>
internal sealed class CiliumPeerReader(ImportLog log, string ownNamespace, bool isEgress)
{
    private readonly string _word = isEgress ? "to" : "from";

    /// <param name="peers">None where a list is given and empty: it matches nobody.</param>
    /// <returns>False where the entry names no peers, which stands for everybody.</returns>
    public bool Read(FieldReader entry, out ImmutableArray<PolicyPeer> peers)
    {
        Refuse(entry, $"{_word}Requires", "a condition on all peers of a policy");
        Refuse(entry, $"{_word}Groups", "peers that a cloud knows by name");
        List<(string Field, Func<FieldReader, string, IEnumerable<PolicyPeer>> Read)> known =
        [
            ($"{_word}Endpoints", ReadEndpoints),
            ($"{_word}CIDR", ReadCidrs),
            ($"{_word}CIDRSet", ReadCidrSets),
            ($"{_word}Entities", ReadEntities),
            ($"{_word}Nodes", ReadNodes),
        ];
        if (isEgress)
        {
            known.Add(("toServices", ReadServices));
            known.Add(("toFQDNs", ReadNames));
        }

        var given = known.Where(field => entry.Has(field.Field)).ToList();
        foreach (var (field, _) in given.Skip(1))
        {
            log.Report(
                ImportDiagnostics.Invalid, entry.SpanOf(field), entry.PathOf(field), $"may not stand beside `{given[0].Field}` in one entry");
        }

        peers = [.. given.Take(1).SelectMany(field => field.Read(entry, field.Field))];
        return given.Count > 0;
    }

    private void Refuse(FieldReader entry, string field, string what)
    {
        if (entry.Has(field))
        {
            log.Report(ImportDiagnostics.CannotBeSaid, entry.SpanOf(field), entry.PathOf(field), what);
        }
    }

    private IEnumerable<PolicyPeer> ReadEndpoints(FieldReader entry, string field) =>
        from selector in entry.Mappings(field)
        let set = CiliumSelectors.Read(selector, ownNamespace, log)
        where set is not null
        select new PolicyPeer.Pods(set, selector.Span);

    /// <summary>
    /// Cilium knows pods and nodes by their labels, never by address: a prefix holds what is outside the cluster.
    /// </summary>
    private IEnumerable<PolicyPeer> ReadCidrs(FieldReader entry, string field) =>
        Blocks.ReadPrefixes(entry, field, mayBeAddress: true) is { IsEmpty: false } prefixes
            ? [new PolicyPeer.Block(prefixes, [], entry.SpanOf(field)) { IsOutside = true }]
            : [];

    private IEnumerable<PolicyPeer> ReadCidrSets(FieldReader entry, string field)
    {
        foreach (var set in entry.Mappings(field))
        {
            Refuse(set, "cidrGroupRef", "prefixes that another object holds");
            Refuse(set, "cidrGroupSelector", "prefixes that other objects hold");
            if (set.Has("cidrGroupRef") || set.Has("cidrGroupSelector"))
            {
                set.Ignore("cidr", "except").Close();
            }
            else if (Blocks.Read(set) is { } block)
            {
                yield return block with { IsOutside = true };
            }
        }
    }

    private IEnumerable<PolicyPeer> ReadEntities(FieldReader entry, string field)
    {
        foreach (var (name, span) in entry.Texts(field))
        {
            if (name == "none")
            {
                continue;
            }

            if (EntityOf(name) is { } set)
            {
                yield return new PolicyPeer.Entity(name, set, span);
            }
            else
            {
                log.Report(ImportDiagnostics.CannotBeSaid, span, entry.PathOf(field), $"the entity `{name}` has no word here");
            }
        }
    }

    private static SetSyntax? EntityOf(string name) => name switch
    {
        "all" => new SetSyntax.Any(),
        "world" => new SetSyntax.World(),
        "world-ipv4" => new SetSyntax.Intersection([new SetSyntax.World(), new SetSyntax.Cidr(["0.0.0.0/0"], [])]),
        "world-ipv6" => new SetSyntax.Intersection([new SetSyntax.World(), new SetSyntax.Cidr(["::/0"], [])]),
        "host" => new SetSyntax.Host(),
        "remote-node" => new SetSyntax.Difference([new SetSyntax.Nodes(), new SetSyntax.Host()]),
        "cluster" => new SetSyntax.Union([new SetSyntax.Pods(new ScopeSyntax.Any(), null), new SetSyntax.Nodes()]),
        _ => null,
    };

    private IEnumerable<PolicyPeer> ReadNodes(FieldReader entry, string field) =>
        entry.Mappings(field).Select(selector => new PolicyPeer.Nodes(CiliumSelectors.ReadNodes(selector), selector.Span));

    /// <summary>A service stands for the pods behind it, which connections are judged by; those of an imported one are known.</summary>
    private IEnumerable<PolicyPeer> ReadServices(FieldReader entry, string field)
    {
        foreach (var service in entry.Mappings(field))
        {
            Refuse(service, "k8sServiceSelector", "services by label");
            if (service.Mapping("k8sService") is { } named)
            {
                var name = named.Text("serviceName");
                var @namespace = named.Text("namespace") is { Length: > 0 } given ? given : ownNamespace;
                named.Close();
                if (string.IsNullOrEmpty(name))
                {
                    log.Report(ImportDiagnostics.Missing, named.Span, named.PathOf("serviceName"));
                }
                else
                {
                    yield return new PolicyPeer.ServicePods(@namespace, name, service.Span);
                }
            }

            service.Close();
        }
    }

    private IEnumerable<PolicyPeer> ReadNames(FieldReader entry, string field)
    {
        var patterns = ImmutableArray.CreateBuilder<string>();
        foreach (var name in entry.Mappings(field))
        {
            var chosen = name.OnlyOne("matchName", "matchPattern");
            var text = chosen is null ? null : name.Text(chosen);
            name.Close();
            if (text is not null && chosen is not null && CiliumNames.PatternOf(text, isPattern: chosen == "matchPattern") is { } pattern)
            {
                patterns.Add(pattern);
            }
            else if (text is not null)
            {
                log.Report(ImportDiagnostics.Invalid, name.Span, name.Path, $"`{text}` is no name of a host, nor a pattern of names");
            }
        }

        return patterns.Count == 0 ? [] : [new PolicyPeer.Domains([.. patterns.Distinct()], entry.SpanOf(field))];
    }
}
