using System.Collections.Immutable;
using Netpol.Loader;

namespace Netpol.Cni.Configuration;

/// <summary>Who a container is to the policy.</summary>
/// <param name="Name">For people.</param>
/// <param name="NamespaceLabels">Null: nobody said.</param>
internal sealed record Identity(
    string Namespace,
    string? Name,
    ImmutableSortedDictionary<string, string> Labels,
    ImmutableSortedDictionary<string, string>? NamespaceLabels,
    ImmutableArray<NamedPort> Ports)
{
    public const string DefaultNamespace = "default";

    /// <summary>
    /// One identity of several layers. Of namespaces and names the strongest counts; labels are joined key by key, ports
    /// name by name, the stronger layer winning.
    /// </summary>
    /// <param name="layers">The strongest first.</param>
    public static Identity Join(IReadOnlyList<IdentityLayer> layers)
    {
        var labels = Overlay(layers, layer => layer.Labels) ?? ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal);
        var ports = Overlay(layers, layer => layer.Ports);
        return new(
            layers.Select(layer => layer.Namespace).FirstOrDefault(value => value is not null) ?? DefaultNamespace,
            layers.Select(layer => layer.Name).FirstOrDefault(value => value is not null),
            labels,
            Overlay(layers, layer => layer.NamespaceLabels),
            ports is null ? [] : [.. ports.Values.SelectMany(named => named)]);
    }

    private static ImmutableSortedDictionary<string, T>? Overlay<T>(
        IEnumerable<IdentityLayer> layers, Func<IdentityLayer, ImmutableSortedDictionary<string, T>?> part)
    {
        ImmutableSortedDictionary<string, T>? joined = null;
        foreach (var layer in layers.Reverse())
        {
            if (part(layer) is { } values)
            {
                joined = joined is null ? values : joined.SetItems(values);
            }
        }

        return joined;
    }
}

/// <summary>What one source says of a container; null: nothing.</summary>
internal sealed record IdentityLayer(
    string? Namespace = null,
    string? Name = null,
    ImmutableSortedDictionary<string, string>? Labels = null,
    ImmutableSortedDictionary<string, string>? NamespaceLabels = null,
    ImmutableSortedDictionary<string, ImmutableArray<NamedPort>>? Ports = null);

/// <summary>The layers of a configuration, in order of strength; <c>CNI_ARGS</c> stands between the second and the third.</summary>
/// <param name="Capability"><c>runtimeConfig.netpol</c>.</param>
/// <param name="Annotations"><c>runtimeConfig["io.kubernetes.cri.pod-annotations"]</c>.</param>
/// <param name="Arguments"><c>args.cni.labels</c>.</param>
/// <param name="Defaults">The configuration's own keys.</param>
internal sealed record ConfigIdentity(IdentityLayer Capability, IdentityLayer Annotations, IdentityLayer Arguments, IdentityLayer Defaults)
{
    public Identity With(IdentityLayer environment) =>
        Identity.Join([Capability, Annotations, environment, Arguments, Defaults]);
}
