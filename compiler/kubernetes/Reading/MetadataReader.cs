using System.Collections.Immutable;
using Netpol.Kubernetes.Objects;

namespace Netpol.Kubernetes.Reading;

/// <summary>Reads the <c>metadata</c> of an object.</summary>
internal static class MetadataReader
{
    /// <summary>A well-known annotation: "describes specific behaviour of given object".</summary>
    public const string DescriptionAnnotation = "kubernetes.io/description";

    /// <param name="defaultNamespace">Of objects that name none; empty for kinds that are in no namespace.</param>
    /// <returns>Null with a diagnostic where the object has no usable name.</returns>
    public static ObjectMetadata? Read(FieldReader root, string kind, string defaultNamespace)
    {
        var log = root.Log;
        if (root.Mapping("metadata") is not { } fields)
        {
            if (!root.Has("metadata"))
            {
                log.Report(ImportDiagnostics.Missing, root.Span, "metadata.name");
            }

            return null;
        }

        var name = fields.Text("name");
        var @namespace = fields.Text("namespace");
        var labels = ReadLabels(fields);
        var description = fields.Mapping("annotations")?.Text(DescriptionAnnotation);
        fields.Ignore(
            "creationTimestamp", "deletionGracePeriodSeconds", "deletionTimestamp", "finalizers", "generateName",
            "generation", "managedFields", "ownerReferences", "resourceVersion", "selfLink", "uid");
        fields.Close();
        if (string.IsNullOrEmpty(name))
        {
            log.Report(ImportDiagnostics.Missing, fields.Span, fields.PathOf("name"));
            return null;
        }

        var span = fields.SpanOf("name");
        var mistake = kind is "Namespace" or "Service" ? Names.LabelMistake(name) : Names.SubdomainMistake(name);
        if (mistake is not null)
        {
            log.Report(ImportDiagnostics.Invalid, span, fields.PathOf("name"), mistake);
            return null;
        }

        if (defaultNamespace.Length == 0)
        {
            return new ObjectMetadata(kind, "", name, labels, log.Source, span) { Description = description };
        }

        // An empty namespace is an absent one in the API.
        @namespace = string.IsNullOrEmpty(@namespace) ? defaultNamespace : @namespace;
        if (Names.LabelMistake(@namespace) is { } namespaceMistake)
        {
            log.Report(ImportDiagnostics.Invalid, fields.SpanOf("namespace"), fields.PathOf("namespace"), namespaceMistake);
            return null;
        }

        return new ObjectMetadata(kind, @namespace, name, labels, log.Source, span) { Description = description };
    }

    public static ImmutableSortedDictionary<string, string> ReadLabels(FieldReader metadata) =>
        Selectors.ReadMap(metadata, "labels").Requirements.ToImmutableSortedDictionary(
            label => label.Key, label => label.Values[0], StringComparer.Ordinal);
}
