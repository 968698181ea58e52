using System.Collections.Immutable;
using System.Net;

namespace Netpol.Loader.Tables;

/// <summary>A list with all its backends, and those of them that get new connections.</summary>
internal sealed class FilledList(BackendList list, ImmutableArray<Backend> all, string? zone)
{
    private HashSet<IPAddress>? _chosen;
    private ushort[]? _positions;

    internal BackendList List => list;

    internal ImmutableArray<Backend> All => all;

    internal ImmutableArray<Backend> Entries { get; } = list.Entries(all, zone);

    /// <summary>The table of <c>maglev</c>; empty where backends are drawn at random.</summary>
    internal ushort[] Positions => _positions ??= BackendTables.PositionsOf(list, Entries.AsSpan());

    /// <summary>An address is one backend of a port at most.</summary>
    internal bool IsEntry(Backend backend) => (_chosen ??= [.. Entries.Select(entry => entry.Address)]).Contains(backend.Address);
}
