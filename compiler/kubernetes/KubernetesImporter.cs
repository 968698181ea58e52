using System.Collections.Immutable;
using Netpol.Diagnostics;
using Netpol.Kubernetes.Reading;
using Netpol.Kubernetes.Writing;
using Netpol.Syntax;
using Netpol.Text;

namespace Netpol.Kubernetes;

/// <summary>Kubernetes YAML to one <c>.netpol</c> file that means the same. Reads no files; never throws for what is in them.</summary>
public static class KubernetesImporter
{
    /// <param name="defaultNamespace">Of objects that name none; kubectl's <c>--namespace</c>.</param>
    /// <returns>The file's tree, complete only without errors, and what there is to say about it.</returns>
    public static (CompilationUnitSyntax Unit, ImmutableArray<Diagnostic> Diagnostics) Translate(
        ImmutableArray<SourceFile> sources, string defaultNamespace = "default")
    {
        var (objects, diagnostics) = ObjectReader.Read(sources, defaultNamespace);
        return (UnitWriter.Write(objects), [.. diagnostics, .. PortNameCheck.Run(objects)]);
    }
}
