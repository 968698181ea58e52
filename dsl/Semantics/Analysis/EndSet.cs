using System.Collections.Immutable;
using Netpol.Model;

namespace Netpol.Semantics.Analysis;

/// <summary>Who could be at one end of a connection: everyone of any of the terms, which are disjoint.</summary>
/// <param name="Text">For people; in the words of the language where it has them.</param>
public sealed record EndSet(string Text, ImmutableArray<EndTerm> Terms)
{
    public bool Contains(AddressedEnd end) => Terms.Any(term => term.Contains(end));
}

/// <summary>What an end is, apart from its labels and its address.</summary>
public enum EndKind
{
    Endpoint,

    /// <summary>The node of the endpoint at the other end, speaking for itself.</summary>
    OwnNode,

    /// <summary>Another node, or one that forwards under its own address.</summary>
    OtherNode,

    /// <summary>An address that no endpoint has, and no node that is known.</summary>
    Address,
}

/// <summary>A combination of conditions: all hold.</summary>
/// <param name="Namespaces">Of endpoints; null: any.</param>
/// <param name="Labels">Conditions on labels by key; keys that are not here may be anything.</param>
/// <param name="Addresses">Empty: any that such an end can have.</param>
public sealed record EndTerm(
    EndKind Kind,
    ValueSet? Namespaces,
    ImmutableSortedDictionary<string, ValueSet> NamespaceLabels,
    ImmutableSortedDictionary<string, ValueSet> Labels,
    ImmutableArray<Prefix> Addresses)
{
    /// <summary>All addresses but these, where that takes fewer prefixes; then <see cref="Addresses"/> is empty.</summary>
    public ImmutableArray<Prefix> ExceptAddresses { get; init; } = [];

    /// <summary>By pattern of <c>dns</c>: has an answer to a name that matches given the address to who opens the connection, or must none have?</summary>
    public ImmutableSortedDictionary<string, bool> Answered { get; init; } = ImmutableSortedDictionary.Create<string, bool>(StringComparer.Ordinal);

    public bool Contains(AddressedEnd end) => end.Kind == Kind
        && Answered.All(answered => end.Names.Any(name => ResolvedName.Matches(answered.Key, name)) == answered.Value)
        && (Addresses.IsEmpty || Addresses.Any(prefix => prefix.Contains(end.Address)))
        && !ExceptAddresses.Any(prefix => prefix.Contains(end.Address))
        && (end.Endpoint is not { } endpoint
            || ((Namespaces is null || Namespaces.Contains(endpoint.Namespace))
                && NamespaceLabels.All(label => label.Value.Contains(endpoint.NamespaceLabels.GetValueOrDefault(label.Key)))
                && Labels.All(label => label.Value.Contains(endpoint.Labels.GetValueOrDefault(label.Key)))));
}

/// <summary>A concrete end, to ask whether it is in a set.</summary>
/// <param name="Endpoint">Where <paramref name="Kind"/> says that it is one.</param>
public sealed record AddressedEnd(EndKind Kind, Endpoint? Endpoint, Address Address)
{
    /// <summary>For which answers gave it to the endpoint at the other end.</summary>
    public ImmutableArray<string> Names { get; init; } = [];
}

/// <summary>Values of a label or names of a namespace.</summary>
/// <param name="Values">In ordinal order.</param>
/// <param name="IsExcept">All values but these.</param>
/// <param name="HoldsAbsent">An absent label is in it too; of namespaces never.</param>
public sealed record ValueSet(ImmutableArray<string> Values, bool IsExcept, bool HoldsAbsent)
{
    public bool Contains(string? value) => value is null ? HoldsAbsent : Values.Contains(value) != IsExcept;
}
