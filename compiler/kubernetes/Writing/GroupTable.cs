using System.Collections.Immutable;
using Netpol.Kubernetes.Objects;
using Netpol.Syntax;

namespace Netpol.Kubernetes.Writing;

/// <summary>
/// The pod sets of an import: which of them get a name, each once, and how every use of them reads. Sets are counted
/// first (<see cref="Use"/>), then <see cref="Settle"/>d, then written.
/// </summary>
internal sealed class GroupTable(KubernetesObjects objects, string? defaultNamespace)
{
    private readonly List<PodSet> _sets = [];
    private readonly Dictionary<string, int> _uses = new(StringComparer.Ordinal);
    private IReadOnlyDictionary<string, string> _names = new Dictionary<string, string>();

    public void Use(PodSet set)
    {
        if (!_uses.TryGetValue(set.Key, out var uses))
        {
            _sets.Add(set);
        }

        _uses[set.Key] = uses + 1;
    }

    public void Settle()
    {
        var table = new NameTable();
        foreach (var set in _sets.Where(HasName))
        {
            var (shortName, qualified) = GroupNaming.Of(set, objects);
            table.Wish(set.Key, shortName, qualified);
        }

        _names = table.Settle();
    }

    /// <summary>The declarations in the order of first use.</summary>
    public IEnumerable<GroupSyntax> Groups() =>
        from set in _sets
        where HasName(set)
        select new GroupSyntax(_names[set.Key], PodSetSyntax.Of(set, defaultNamespace)) { Documentation = Documentation(set) };

    /// <summary>How a use of the set reads: by its name, or spelled out where it has none.</summary>
    public SetSyntax Write(PodSet set) =>
        _names.TryGetValue(set.Key, out var name) ? new SetSyntax.Named(name) : PodSetSyntax.Of(set, defaultNamespace);

    /// <summary>The same for a peer, where <c>same namespace</c> says more than the policy's own by name.</summary>
    /// <param name="ownNamespace">The only one that the policy selects in; null where there is none such.</param>
    public SetSyntax WritePeer(PodSet set, string? ownNamespace) =>
        set.Namespace is { } name && name == ownNamespace && set.Pods.IsEmpty ? new SetSyntax.Pods(new ScopeSyntax.Same(), null) : Write(set);

    // Pods chosen by label have a role, and a role deserves a name; whole namespaces read well where they stand.
    private bool HasName(PodSet set) =>
        !set.Pods.IsEmpty || (set.Namespaces is { Requirements.Length: > 1 } && _uses[set.Key] > 1);

    private string? Documentation(PodSet set)
    {
        var makers = objects.Workloads.Where(workload => !workload.IsOwned && workload.Selector?.Key == set.Pods.Key
            && workload.Metadata.Namespace == set.Namespace).Select(workload => Origins.Of(workload.Metadata)).ToImmutableArray();
        return makers.IsEmpty ? null : string.Join(", ", makers);
    }
}
