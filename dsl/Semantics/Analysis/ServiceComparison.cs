using System.Collections.Immutable;
using System.Diagnostics;
using Netpol.Model;

namespace Netpol.Semantics.Analysis;

/// <summary>Services of two models, by name: what they are reached by, and where connections go.</summary>
internal static class ServiceComparison
{
    public static ImmutableArray<ServiceChange> Compare(NetworkModel old, NetworkModel @new)
    {
        var (before, after) = (old.Services.ToDictionary(service => service.Name), @new.Services.ToDictionary(service => service.Name));
        return
        [
            .. before.Keys.Union(after.Keys).Order(StringComparer.Ordinal)
                .Select(name => Compare(name, before.GetValueOrDefault(name), after.GetValueOrDefault(name)))
                .Where(change => !change.Differences.IsEmpty),
        ];
    }

    private static ServiceChange Compare(string name, Service? old, Service? @new) => new(name, old, @new, (old, @new) switch
    {
        (null, _) => ["the service is new"],
        (_, null) => ["the service is gone"],
        _ =>
        [
            .. Sets("address", old.Addresses.Select(address => address.ToString()), @new.Addresses.Select(address => address.ToString())),
            .. Sets("port", old.Ports.Select(ServiceText.Port), @new.Ports.Select(ServiceText.Port)),
            .. Text(old.Backends) == Text(@new.Backends) ? [] : new[] { $"backends were {Text(old.Backends)} and are {Text(@new.Backends)}" },
        ],
    });

    private static IEnumerable<string> Sets(string what, IEnumerable<string> old, IEnumerable<string> @new)
    {
        var (before, after) = (old.ToHashSet(StringComparer.Ordinal), @new.ToHashSet(StringComparer.Ordinal));
        return before.Except(after, StringComparer.Ordinal).Order(StringComparer.Ordinal).Select(gone => $"{what} {gone} is gone")
            .Concat(after.Except(before, StringComparer.Ordinal).Order(StringComparer.Ordinal).Select(added => $"{what} {added} is new"));
    }

    private static string Text(BackendSource backends) => backends switch
    {
        BackendSource.Endpoints endpoints => $"`{SetText.Of(Unnamed(endpoints.Set))}`",
        BackendSource.Literal literal => $"`{string.Join(", ", literal.Backends.Select(backend => $"{backend.Address} weight {backend.Weight}"))}`",
        _ => throw new UnreachableException(),
    };

    // What a group stands for may have changed behind its name.
    private static AddressSet Unnamed(AddressSet set) => set switch
    {
        AddressSet.Named named => Unnamed(named.Set),
        AddressSet.Union union => new AddressSet.Union([.. union.Parts.Select(Unnamed)]),
        AddressSet.Intersection intersection => new AddressSet.Intersection([.. intersection.Parts.Select(Unnamed)]),
        AddressSet.Difference difference => new AddressSet.Difference(Unnamed(difference.Left), Unnamed(difference.Right)),
        _ => set,
    };
}
