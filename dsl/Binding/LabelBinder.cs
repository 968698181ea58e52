using System.Collections.Immutable;
using Netpol.Model;
using Netpol.Syntax;

namespace Netpol.Binding;

/// <summary>Records of labels, and the namespaces that have them.</summary>
internal static class LabelBinder
{
    /// <summary>The label that Kubernetes gives every namespace.</summary>
    private const string NamespaceName = "kubernetes.io/metadata.name";

    public static NamespaceDeclaration Bind(Declared<NamespaceSyntax> declared)
    {
        var (file, syntax) = (declared.File, declared.Syntax);
        var name = syntax.Name.Value;
        var labels = Bind(file, syntax.Labels);
        if (labels.TryGetValue(NamespaceName, out var written) && written != name)
        {
            file.Report(BindingDiagnostics.WrongNamespaceName, syntax.Labels.First(label => label.Key.Value == NamespaceName).Span, name);
        }

        return new NamespaceDeclaration(name, labels.SetItem(NamespaceName, name), file.OriginOf(syntax));
    }

    public static ImmutableSortedDictionary<string, string> Bind(FileScope file, ImmutableArray<LabelSyntax> written)
    {
        var labels = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        foreach (var label in written)
        {
            if (!labels.TryAdd(label.Key.Value, label.Value.Value))
            {
                file.Report(BindingDiagnostics.DuplicateLabel, label.Key.Span, label.Key.Value);
            }
        }

        return labels.ToImmutable();
    }
}
