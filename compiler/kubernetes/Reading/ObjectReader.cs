using System.Collections.Immutable;
using Netpol.Diagnostics;
using Netpol.Kubernetes.Objects;
using Netpol.Kubernetes.Yaml;
using Netpol.Text;

namespace Netpol.Kubernetes.Reading;

/// <summary>Reads the objects of several files into one cast. Knows which kinds there are; others read their insides.</summary>
internal sealed class ObjectReader(string defaultNamespace)
{
    private readonly ImmutableArray<Diagnostic>.Builder _diagnostics = ImmutableArray.CreateBuilder<Diagnostic>();
    private readonly List<ObjectMetadata> _order = [];
    private readonly Dictionary<string, ObjectMetadata> _seen = new(StringComparer.Ordinal);
    private readonly HashSet<string> _leftOut = new(StringComparer.Ordinal);
    private readonly Dictionary<ObjectMetadata, object> _objects = new(ReferenceEqualityComparer.Instance);

    public static (KubernetesObjects Objects, ImmutableArray<Diagnostic> Diagnostics) Read(
        ImmutableArray<SourceFile> sources, string defaultNamespace)
    {
        var reader = new ObjectReader(defaultNamespace);
        foreach (var source in sources)
        {
            reader.ReadFile(source);
        }

        return (reader.Collect(), reader._diagnostics.ToImmutable());
    }

    private void ReadFile(SourceFile source)
    {
        var (documents, mistakes) = YamlReader.Read(source);
        var log = new ImportLog(source);
        foreach (var document in documents)
        {
            ReadObject(document, log);
        }

        _diagnostics.AddRange(log.Diagnostics);
        _diagnostics.AddRange(mistakes);
        if (documents.IsEmpty && mistakes.IsEmpty)
        {
            _diagnostics.Add(ImportDiagnostics.NothingToImport.At(source, default));
        }
    }

    private void ReadObject(YamlNode document, ImportLog log)
    {
        if (document is not YamlNode.Mapping mapping)
        {
            log.Report(ImportDiagnostics.NoObject, document.Span, "it is no mapping");
            return;
        }

        var root = new FieldReader(mapping, "", log);
        if (root.Text("kind") is not { Length: > 0 } kind || root.Text("apiVersion") is not { Length: > 0 } version)
        {
            var missing = root.Has("kind") ? "apiVersion" : "kind";
            log.Report(ImportDiagnostics.NoObject, TextSpan.FromBounds(document.Span.Start, document.Span.Start), $"it has no `{missing}`");
            return;
        }

        if (kind.EndsWith("List", StringComparison.Ordinal) && (root.Has("items") || !Kinds.VersionsOf(kind[..^"List".Length]).IsEmpty))
        {
            ReadList(root);
        }
        else if (Kinds.IsOurs(kind, version))
        {
            ReadKnown(root, kind, version);
        }
        else if (Kinds.IsForeignPolicy(kind, version))
        {
            log.Report(ImportDiagnostics.KindNotSupported, root.SpanOf("kind"), kind, version);
        }
        else if (_leftOut.Add(kind))
        {
            log.Report(ImportDiagnostics.KindLeftOut, root.SpanOf("kind"), kind);
        }
    }

    private void ReadList(FieldReader list)
    {
        if (!list.Has("items"))
        {
            list.Log.Report(ImportDiagnostics.Missing, list.Span, "items");
        }

        foreach (var item in list.Items("items") ?? [])
        {
            ReadObject(item, list.Log);
        }

        list.Ignore("metadata").Close();
    }

    private void ReadKnown(FieldReader root, string kind, string version)
    {
        var log = root.Log;
        if (Kinds.VersionsOf(kind) is var expected && !expected.Contains(version))
        {
            log.Report(ImportDiagnostics.WrongVersion, root.SpanOf("apiVersion"), version, kind, expected[0]);
            return;
        }

        if (MetadataReader.Read(root, kind, Kinds.IsInNamespace(kind) ? defaultNamespace : "") is not { } metadata)
        {
            return;
        }

        object? read = kind switch
        {
            "Namespace" => ReadNamespace(root.Ignore("spec"), metadata),
            "Node" => NodeReader.Read(root.Ignore("spec"), metadata),
            "NetworkPolicy" => new NetworkPolicyReader(log).Read(root.Mapping("spec"), metadata),
            "CiliumNetworkPolicy" or "CiliumClusterwideNetworkPolicy" => new CiliumPolicyReader(log).Read(root, metadata),
            _ when ClusterPolicyDialect.Of(kind) is { } dialect => new ClusterPolicyReader(dialect, log).Read(root.Mapping("spec"), metadata),
            "Service" => new ServiceReader(log).Read(root.Mapping("spec"), root.Mapping("status"), metadata),
            _ => new WorkloadReader(log).Read(root, metadata),
        };
        root.Ignore("status").Close();
        if (read is not null)
        {
            Add(metadata, read, log);
        }
    }

    private static ObjectMetadata ReadNamespace(FieldReader root, ObjectMetadata metadata)
    {
        const string nameLabel = "kubernetes.io/metadata.name";
        if (metadata.Labels.TryGetValue(nameLabel, out var value) && value != metadata.Name)
        {
            root.Log.Report(ImportDiagnostics.ReservedLabel, metadata.Span, metadata.Name, value);
        }

        return metadata with { Labels = metadata.Labels.Remove(nameLabel) };
    }

    /// <summary>A later object of the same name takes the earlier one's place, as when both are applied.</summary>
    private void Add(ObjectMetadata metadata, object read, ImportLog log)
    {
        if (_seen.TryGetValue(metadata.ToString(), out var earlier))
        {
            _diagnostics.Add(ImportDiagnostics.GivenTwice.At(log.Source, metadata.Span, metadata)
                .With(earlier.Source, earlier.Span, "the earlier one is here"));
            _objects.Remove(earlier);
            _order.Remove(earlier);
        }

        _seen[metadata.ToString()] = metadata;
        _order.Add(metadata);
        _objects.Add(metadata, read);
    }

    private KubernetesObjects Collect() => new(
        All<ObjectMetadata>(), [.. All<PolicyObject>(), .. All<ImmutableArray<PolicyObject>>().SelectMany(policies => policies)], All<ServiceObject>(), All<WorkloadObject>(), All<NodeObject>());

    private ImmutableArray<T> All<T>() => [.. _order.Select(metadata => _objects[metadata]).OfType<T>()];
}
