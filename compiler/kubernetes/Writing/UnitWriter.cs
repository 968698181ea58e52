using System.Collections.Immutable;
using Netpol.Kubernetes.Objects;
using Netpol.Syntax;
using Netpol.Text;

namespace Netpol.Kubernetes.Writing;

/// <summary>All objects of an import to one file: namespaces, groups, ports, policies, services.</summary>
internal sealed class UnitWriter
{
    /// <summary>What the language takes where a file says nothing.</summary>
    private const string LanguageDefault = "default";

    private readonly KubernetesObjects _objects;
    private readonly string? _namespace;
    private readonly GroupTable _groups;
    private readonly PortLists _ports = new();
    private readonly PolicyWriter _policies;
    private readonly ServiceWriter _services;

    private UnitWriter(KubernetesObjects objects)
    {
        _objects = objects;
        _namespace = OnlyNamespace(objects);
        _groups = new GroupTable(objects, _namespace);
        _policies = new PolicyWriter(objects, _groups, _ports);
        _services = new ServiceWriter(_groups);
    }

    public static CompilationUnitSyntax Write(KubernetesObjects objects) => new UnitWriter(objects).Write();

    private CompilationUnitSyntax Write()
    {
        CountUses();
        _groups.Settle();
        _ports.Settle();
        var policyNames = NamesOf(_objects.Policies.Select(policy => (policy.Metadata, Qualifier(policy))));
        var serviceNames = NamesOf(_objects.Services.Select(service => (service.Metadata, service.Metadata.Namespace)));
        ImmutableArray<StatementSyntax> statements =
        [
            .. _namespace is null or LanguageDefault ? [] : (StatementSyntax[])[new DefaultNamespaceSyntax(_namespace)],
            .. Section(_objects.Namespaces.Select(Namespace)),
            .. Section(_groups.Groups()),
            .. Section(_ports.Declarations()),
            .. InOrder(_objects.Policies).Select(policy => _policies.Write(policy, policyNames[policy.Metadata.ToString()])),
            .. _objects.Services.Select(service => _services.Write(service, serviceNames[service.Metadata.ToString()])),
        ];
        return new CompilationUnitSyntax(SourceFile.None, statements);
    }

    private void CountUses()
    {
        foreach (var policy in _objects.Policies)
        {
            _policies.Use(policy);
        }

        foreach (var service in _objects.Services)
        {
            _services.Use(service);
        }

        // Who is there at all, even if no policy speaks of them yet.
        foreach (var workload in _objects.Workloads)
        {
            if (workload is { Selector: { IsEmpty: false } selector, IsOwned: false, IsOnHostNetwork: false })
            {
                _groups.Use(PodSet.In(workload.Metadata.Namespace, selector));
            }
        }
    }

    private static NamespaceSyntax Namespace(ObjectMetadata metadata) =>
        new(metadata.Name, [.. metadata.Labels.Select(label => new LabelSyntax(label.Key, label.Value))]);

    private static IEnumerable<StatementSyntax> Section(IEnumerable<StatementSyntax> statements) =>
        statements.Select((statement, index) => index == 0 ? statement with { HasBlankLineBefore = true } : statement);

    /// <summary>As they are asked: the admin tier, the ordinary one as read, the baseline.</summary>
    private static IEnumerable<PolicyObject> InOrder(IEnumerable<PolicyObject> policies) =>
        policies.OrderBy(policy => policy.Tier switch { null => 1, { IsBaseline: true } => 2, _ => 0 }).ThenBy(policy => policy.Tier?.Order ?? 0);

    private static string Qualifier(PolicyObject policy) =>
        policy.Tier?.Name ?? (policy.Metadata.Namespace.Length > 0 ? policy.Metadata.Namespace : "cluster");

    /// <summary>By kind and full name.</summary>
    private static IReadOnlyDictionary<string, string> NamesOf(IEnumerable<(ObjectMetadata Metadata, string Qualifier)> objects)
    {
        var table = new NameTable();
        foreach (var (metadata, qualifier) in objects)
        {
            table.Wish(metadata.ToString(), metadata.Name, $"{qualifier}-{metadata.Name}");
        }

        return table.Settle();
    }

    /// <summary>The namespace of all policies, services and workloads, if there is but one.</summary>
    private static string? OnlyNamespace(KubernetesObjects objects)
    {
        var all = objects.Policies.Select(policy => policy.Metadata.Namespace).Where(name => name.Length > 0)
            .Concat(objects.Services.Select(service => service.Metadata.Namespace))
            .Concat(objects.Workloads.Select(workload => workload.Metadata.Namespace))
            .Distinct(StringComparer.Ordinal).ToImmutableArray();
        return all is [var only] ? only : null;
    }
}
