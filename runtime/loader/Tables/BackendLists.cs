using System.Collections.Immutable;
using Netpol.Bundle;
using Netpol.Loader.Classes;

namespace Netpol.Loader.Tables;

/// <summary>The lists of backends of a manifest, and which of them an endpoint has to do with: of ten thousand services a few.</summary>
internal sealed class BackendLists(Manifest manifest)
{
    private readonly Lazy<ImmutableArray<BackendList>> _all = new(() => BackendList.Of(manifest));
    private Dictionary<int, ImmutableArray<BackendList>>? _bySet;
    private Dictionary<string, ImmutableArray<BackendList>>? _byLiteral;

    internal ImmutableArray<BackendList> All => _all.Value;

    /// <summary>Whose backend it may be, and those that name one of its addresses where it matters on which node that is.</summary>
    internal IEnumerable<BackendList> Of(PlacedEndpoint endpoint)
    {
        _bySet ??= All.Where(list => list.Service.BackendSet is not null)
            .GroupBy(list => list.Service.BackendSet ?? 0).ToDictionary(group => group.Key, group => group.ToImmutableArray());
        _byLiteral ??= All.Where(list => list.IsByPlace).SelectMany(list => list.Service.Backends.Select(backend => (backend.Address, List: list)))
            .GroupBy(pair => pair.Address, StringComparer.Ordinal)
            .ToDictionary(group => group.Key, group => group.Select(pair => pair.List).Distinct(ReferenceEqualityComparer.Instance).Cast<BackendList>().ToImmutableArray(), StringComparer.Ordinal);
        return endpoint.Addresses.SelectMany(address => ClassTable.BitsOf(endpoint.MembersOf(manifest, address))).Distinct()
            .SelectMany(bit => _bySet.GetValueOrDefault(bit, []))
            .Concat(endpoint.Record.Spec.Addresses.SelectMany(address => _byLiteral.GetValueOrDefault(address, [])));
    }
}
