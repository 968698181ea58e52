using System.Collections.Immutable;
using Netpol.Model;

namespace Netpol.Semantics.Graphs;

/// <summary>A set or a service that a graph speaks of, before equal ones are one node.</summary>
/// <param name="Addresses">Null: a service.</param>
/// <param name="Service">Null: a set.</param>
internal sealed record GraphParty(GraphNodeKind Kind, ImmutableArray<GraphSet> Sets, AddressSet? Addresses, Service? Service);
