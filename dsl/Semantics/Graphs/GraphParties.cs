using System.Collections.Immutable;
using Netpol.Model;
using Netpol.Semantics.Analysis;

namespace Netpol.Semantics.Graphs;

/// <summary>
/// Whom a graph of a model speaks of: its groups, the sets that policies, rules and services write without a name, <c>world</c>, <c>host</c> and
/// <c>nodes</c> where they are named, and services. Of a union its parts.
/// </summary>
internal sealed class GraphParties
{
    private readonly List<GraphParty> _found = [];
    private readonly HashSet<string> _known = new(StringComparer.Ordinal);

    private GraphParties()
    {
    }

    public static ImmutableArray<GraphParty> Of(NetworkModel model)
    {
        var parties = new GraphParties();
        foreach (var group in model.Groups)
        {
            parties.AddGroup(group);
        }

        foreach (var policy in model.Policies)
        {
            // `for any` is everyone, and no party of its own.
            parties.AddParts(policy.For, isPeer: false);
            foreach (var rule in policy.Blocks.SelectMany(block => block.Rules))
            {
                parties.AddParts(rule.Peer, isPeer: true);
            }
        }

        foreach (var service in model.Services)
        {
            parties.AddBackends(service.Backends);
        }

        parties._found.AddRange(model.Services.Select(service => new GraphParty(
            GraphNodeKind.Service, [new($"service {SetText.Name(service.Name)}", null, service.Origin, service.Documentation)], null, service)));
        return [.. parties._found];
    }

    /// <summary>The sets of a service's backends, as the parties have them.</summary>
    public static IEnumerable<AddressSet> BackendsOf(BackendSource backends) => backends switch
    {
        BackendSource.Endpoints endpoints => PartsOf(endpoints.Set),
        BackendSource.Literal literal when literal.Backends.Any(backend => backend.Weight > 0) =>
            [new AddressSet.Cidr([.. literal.Backends.Where(backend => backend.Weight > 0).Select(backend => Prefix.Of(backend.Address))], [])],
        _ => [],
    };

    private void AddGroup(Group group)
    {
        if (_known.Add(SetText.Name(group.Name)))
        {
            var set = new AddressSet.Named(group.Name, group.Set);
            _found.Add(new(KindOf(set), [new(SetText.Name(group.Name), set, group.Origin, group.Documentation)], set, null));
        }
    }

    private void AddParts(AddressSet set, bool isPeer)
    {
        foreach (var part in PartsOf(set))
        {
            if (part is AddressSet.Any)
            {
                if (isPeer)
                {
                    Add(new AddressSet.World());
                }
            }
            else if (part is not AddressSet.Service && !IsRelative(part))
            {
                Add(part);
            }
        }
    }

    private void AddBackends(BackendSource backends)
    {
        foreach (var set in BackendsOf(backends).Where(set => set is not AddressSet.Any))
        {
            Add(set);
        }
    }

    private void Add(AddressSet set)
    {
        var text = SetText.Of(set);
        if (_known.Add(text))
        {
            _found.Add(new(KindOf(set), [new(text, set, null, null)], set, null));
        }
    }

    private static IEnumerable<AddressSet> PartsOf(AddressSet set) => set is AddressSet.Union union ? union.Parts.SelectMany(PartsOf) : [set];

    /// <summary>Who is in it depends on who is judged.</summary>
    private static bool IsRelative(AddressSet set) => set switch
    {
        AddressSet.Pods pods => pods.Scope is NamespaceScope.Same,
        AddressSet.Union union => union.Parts.Any(IsRelative),
        AddressSet.Intersection intersection => intersection.Parts.Any(IsRelative),
        AddressSet.Difference difference => IsRelative(difference.Left) || IsRelative(difference.Right),
        _ => false,
    };

    private static GraphNodeKind KindOf(AddressSet set) => set switch
    {
        AddressSet.Pods => GraphNodeKind.Endpoints,
        AddressSet.World => GraphNodeKind.World,
        AddressSet.Host or AddressSet.Nodes => GraphNodeKind.Nodes,
        AddressSet.Named named => KindOf(named.Set),
        AddressSet.Union union => union.Parts.Select(KindOf).Distinct().ToList() is [var kind] ? kind : GraphNodeKind.Addresses,
        AddressSet.Intersection intersection => intersection.Parts.Any(part => KindOf(part) == GraphNodeKind.Endpoints) ? GraphNodeKind.Endpoints : GraphNodeKind.Addresses,
        AddressSet.Difference difference => KindOf(difference.Left) is GraphNodeKind.Endpoints ? GraphNodeKind.Endpoints : GraphNodeKind.Addresses,
        _ => GraphNodeKind.Addresses,
    };
}
