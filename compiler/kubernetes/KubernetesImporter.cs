using System.Collections.Immutable;
using Netpol.Formatting;
using Netpol.Kubernetes.Objects;
using Netpol.Kubernetes.Reading;
using Netpol.Kubernetes.Writing;
using Netpol.Syntax;
using Netpol.Text;

namespace Netpol.Kubernetes;

/// <summary>Kubernetes YAML to one <c>.netpol</c> file that means the same. Reads no files; never throws for what is in them.</summary>
public static class KubernetesImporter
{
    /// <param name="defaultNamespace">Of objects that name none; kubectl's <c>--namespace</c>.</param>
    public static ImportResult Import(ImmutableArray<SourceFile> sources, string defaultNamespace = "default")
    {
        var (read, diagnostics) = ObjectReader.Read(sources, defaultNamespace);
        var (resolved, missing) = ServicePeers.Resolve(read);
        var (split, ties) = PriorityTies.Split(resolved);
        var (objects, shared) = SharedAddresses.Split(split);
        var unit = UnitWriter.Write(objects);
        var counts = new ImportCounts(
            objects.Policies.Length, objects.Services.Length, objects.Namespaces.Length, unit.Statements.OfType<GroupSyntax>().Count());
        return new ImportResult(
            Head(sources, objects) + NetpolFormatter.Print(unit), counts, [.. diagnostics, .. missing, .. ties, .. shared, .. PortNameCheck.Run(objects), .. NodePeerCheck.Run(objects)]);
    }

    /// <summary>Comment lines: where it came from, and what the objects mean here.</summary>
    private static string Head(ImmutableArray<SourceFile> sources, KubernetesObjects objects)
    {
        var files = string.Join(", ", sources.Select(source => Origins.FileName(source.Path)));
        ImmutableArray<string> lines = [.. CommentText.Wrap($"Imported from {files}")];
        var notes = Notes.Of(objects);
        if (!notes.IsEmpty)
        {
            lines = [.. lines, "", "What it means here:", .. notes];
        }

        return string.Concat(lines.Select(line => line.Length == 0 ? "//\n" : $"// {line}\n")) + "\n";
    }
}
