using System.Collections.Immutable;
using Netpol.Loader.Abi;
using Netpol.Loader.Classes;
using Netpol.Loader.Endpoints;
using Netpol.Loader.Generations;
using Netpol.Loader.Native;
using Netpol.Loader.State;
using Netpol.Loader.Tables;

namespace Netpol.Loader.Live;

/// <summary>
/// The generation in charge with all that is in its tables held in memory, so that an endpoint that comes, changes or goes costs what it changes.
/// Used under the node's lock, and for as long as no other process changes the node.
/// </summary>
internal sealed class LiveGeneration : IDisposable
{
    private readonly StateFolder _state;
    private readonly string _classPath;
    private readonly LiveClasses _classes;
    private readonly RemoteFile _remotes;
    private readonly Dictionary<string, LiveEndpoint> _remote = new(StringComparer.Ordinal);
    private readonly Dictionary<(string ContainerId, string InterfaceName), LiveEndpoint> _local = [];

    /// <summary>Takes over what there is, and mends what is not as the state folder says.</summary>
    internal LiveGeneration(Generation generation, StateFolder state)
    {
        (Generation, _state, _remotes) = (generation, state, state.Remotes);
        Node = state.ReadNode();
        _classPath = state.GenerationFile(generation.Number, ClassFile.FileName);
        if (generation.Placement.Verdicts.AreTables)
        {
            var terms = state.ReadVerdicts(generation.Number, generation.Record.Revision) ??
                throw new LoaderException("the state folder has lost the rules of the bundle in charge; load it again");
            Tables = LiveTables.Open(generation.Maps, terms, new ClassFile(_classPath).Read());
        }

        _classes = new LiveClasses(
            _classPath, generation.Placement.Layout.Classes,
            Tables is { } tables ? tables : new CodeVerdicts(new ClassMembers(generation.Maps[ClassMembers.MapName])));
        Adopt();
    }

    internal Generation Generation { get; }

    /// <summary>Null: verdicts are code.</summary>
    internal LiveTables? Tables { get; }

    internal Limbo Limbo { get; } = new();

    internal NodeRecord Node { get; private set; }

    internal int Classes => _classes.Count;

    /// <summary>Another process has added to the file of classes.</summary>
    internal bool HasMoreClasses => ClassFile.LengthOf(_classPath) != _classes.FileLength;

    internal IEnumerable<EndpointSpec> Remote => _remote.Values.Select(each => each.Placed.Record.Spec);

    /// <summary>
    /// Learns what other processes have changed since, where these were containers that came and went; false: they have done more, or it
    /// takes more than that.
    /// </summary>
    internal bool TryFollow()
    {
        if (_state.ReadGeneration(Generation.Number)?.Revision != Generation.Record.Revision || _classes.TryFollow() is not { } free)
        {
            return false;
        }

        Node = _state.ReadNode();
        Limbo.Add(free);
        var present = _state.ReadEndpoints().Where(record => record.Attached).ToDictionary(record => (record.Spec.ContainerId, record.Spec.InterfaceName));
        List<LiveEndpoint> gone = [.. _local.Where(known => !present.ContainsKey(known.Key)).Select(known => known.Value)];
        foreach (var (key, record) in present)
        {
            var former = _local.GetValueOrDefault(key);
            if (former is null || !RecordText.Of(former.Placed.Record).AsSpan().SequenceEqual(RecordText.Of(record)))
            {
                _local[key] = Place(new PlacedEndpoint(record));
                gone.AddRange(former is null ? [] : (LiveEndpoint[])[former]);
            }
        }

        foreach (var key in _local.Keys.Where(key => !present.ContainsKey(key)).ToArray())
        {
            _local.Remove(key);
        }

        Limbo.Add(_classes.Release(gone.SelectMany(each => each.Classes)));
        // A container may have had the address of an endpoint that is elsewhere, too: then that is to be written again.
        var released = gone.SelectMany(each => each.Addresses).Select(each => each.Address).ToHashSet();
        return released.Count == 0 || !_remote.Values.Any(remote => remote.Addresses.Any(each => released.Contains(each.Address)));
    }

    internal void WriteNode(NodeRecord node)
    {
        _state.WriteNode(node);
        Node = node;
    }

    /// <summary>Makes it known, or what was known under its key like it. False: the datapath knew all of it that any rule asks for.</summary>
    internal bool Publish(RemoteEndpoint endpoint)
    {
        var former = _remote.GetValueOrDefault(endpoint.Key);
        var spec = endpoint.SpecAfter(former?.Placed.Record.Spec);
        AssumptionCheck.Require(Generation.Placement, spec);
        Limbo.Advance();
        var namespaceId = Node.Namespaces.TryGetValue(spec.Namespace, out var known) ? known : (uint)Node.Namespaces.Count + 1;
        EndpointRecord record = new(
            NodeRecord.CurrentSchema, former?.Placed.Record.Id ?? Node.LastEndpoint + 1, 0, 0, namespaceId, "", Attached: true, spec, Pending.None);
        var next = Place(new PlacedEndpoint(record));
        var changes = HasChanged(former, next);
        _state.BeginChange();
        if (changes || former is null)
        {
            WriteNode(Node with
            {
                LastEndpoint = Math.Max(Node.LastEndpoint, record.Id),
                LastEpoch = Node.LastEpoch + 1,
                Namespaces = Node.Namespaces.SetItem(spec.Namespace, namespaceId),
            });
        }

        _remotes.Put(record);
        _remote[spec.ContainerId] = next;
        Replace(former, next, changes);
        _state.EndChange();
        return changes;
    }

    internal bool Withdraw(string key)
    {
        Limbo.Advance();
        if (!_remote.Remove(key, out var former))
        {
            return false;
        }

        _state.BeginChange();
        WriteNode(Node with { LastEpoch = Node.LastEpoch + 1 });
        _remotes.Withdraw(key);
        Replace(former, null, changes: true);
        _state.EndChange();
        OrphanedSockets.End(_state, Generation.Services, former.Placed);
        return true;
    }

    /// <summary>Gives it other labels, say; false: there is no such container here. Its programs know nothing of what may change.</summary>
    internal bool Revise(string containerId, string interfaceName, Func<EndpointSpec, EndpointSpec> change)
    {
        Limbo.Advance();
        if (!_local.TryGetValue((containerId, interfaceName), out var former) ||
            _state.ReadEndpoint(containerId, interfaceName) is not { Attached: true } record)
        {
            return false;
        }

        record = record with { Spec = change(record.Spec) };
        AssumptionCheck.Require(Generation.Placement, record.Spec);
        var next = Place(new PlacedEndpoint(record));
        var changes = HasChanged(former, next);
        _state.BeginChange();
        WriteNode(changes ? Node with { LastEpoch = Node.LastEpoch + 1 } : Node);
        _state.WriteEndpoint(record);
        _local[(containerId, interfaceName)] = next;
        Replace(former, next, changes);
        _state.EndChange();
        return true;
    }

    public void Dispose() => Generation.Dispose();

    private static bool HasChanged(LiveEndpoint? former, LiveEndpoint next) =>
        former is null || former.Addresses.Length != next.Addresses.Length ||
        former.Addresses.Zip(next.Addresses).Any(pair =>
            !pair.First.Address.Equals(pair.Second.Address) || !IsSame(pair.First.Entry, pair.Second.Entry) ||
            !pair.First.Members.AsSpan().SequenceEqual(pair.Second.Members)) ||
        !former.Placed.Record.Spec.Ports.AsSpan().SequenceEqual(next.Placed.Record.Spec.Ports.AsSpan()) ||
        former.Placed.Record.Spec.DrainingSince != next.Placed.Record.Spec.DrainingSince ||
        former.Placed.Record.Spec.Zone != next.Placed.Record.Spec.Zone;

    private static bool IsSame(AddressEntry a, AddressEntry b)
    {
        (a.Epoch, b.Epoch) = (0, 0);
        return BpfMap.Bytes(ref a).SequenceEqual(BpfMap.Bytes(ref b));
    }

    /// <summary>Addresses, names of ports, services' backends, and last the epoch.</summary>
    private void Replace(LiveEndpoint? former, LiveEndpoint? next, bool changes)
    {
        if (changes)
        {
            if (next is not null && former?.Placed.Record.Spec.Ports != next.Placed.Record.Spec.Ports)
            {
                Generation.PortNames.Write(next.Placed.Record.Id, next.Placed.Record.Spec.Ports);
            }

            foreach (var address in next?.Addresses ?? [])
            {
                if (!IsTaken(address))
                {
                    Generation.Addresses.Write(address.Address, address.Entry with { Epoch = Node.LastEpoch });
                }
            }

            foreach (var address in former?.Addresses ?? [])
            {
                if (next?.Addresses.Any(kept => kept.Address.Equals(address.Address)) != true &&
                    Generation.Addresses.Find(address.Address)?.Endpoint == address.Entry.Endpoint)
                {
                    Generation.Addresses.Delete(address.Address);
                }
            }

            if (former is not null)
            {
                Generation.PortNames.Delete(
                    former.Placed.Record.Id, [.. former.Placed.Record.Spec.Ports.Except(next?.Placed.Record.Spec.Ports ?? [])]);
            }

            Generation.Services.Replace(former?.Placed, next?.Placed, () => [.. _remote.Values.Concat(_local.Values).Select(known => known.Placed)]);
            Generation.CommitAddresses(Node.LastEpoch);
        }

        Limbo.Add(former is null ? null : _classes.Release(former.Classes));
    }

    /// <summary>A container of this node has the address: it is judged as that, whatever others say.</summary>
    private bool IsTaken(LiveAddress address) =>
        address.Entry.Slot == 0 && Generation.Addresses.Find(address.Address) is { Slot: not 0 };

    /// <summary>With its classes acquired.</summary>
    private LiveEndpoint Place(PlacedEndpoint endpoint)
    {
        var manifest = Generation.Placement;
        var ports = ClassTable.PortsOf(manifest, endpoint.Record.Spec.Ports);
        return new(endpoint,
        [
            .. endpoint.Addresses.Where(Generation.Addresses.Has).Select(address =>
            {
                var members = endpoint.MembersOf(manifest, address);
                var of = _classes.Acquire(ClassTable.BitsInVerdicts(manifest, members), ports, endpoint.IsHere);
                return new LiveAddress(
                    address,
                    endpoint.Entry with
                    {
                        Class = (uint)of.Class.Id,
                        ObservedOneIn = GenerationContent.ObservedOneIn(manifest, members),
                        Flags = GenerationContent.Isolation(manifest, members),
                    },
                    of,
                    members);
            }),
        ]);
    }

    private void Adopt()
    {
        List<LiveAddress> wrong = [];
        foreach (var record in _state.ReadEndpoints().Where(record => record.Attached))
        {
            var endpoint = Place(new PlacedEndpoint(record));
            _local[(record.Spec.ContainerId, record.Spec.InterfaceName)] = endpoint;
            wrong.AddRange(endpoint.Addresses.Where(IsWrong));
        }

        foreach (var record in _remotes.Endpoints.Values)
        {
            var endpoint = Place(new PlacedEndpoint(record));
            _remote[record.Spec.ContainerId] = endpoint;
            wrong.AddRange(endpoint.Addresses.Where(address => !IsTaken(address) && IsWrong(address)));
        }

        if (wrong.Count > 0)
        {
            _state.BeginChange();
            WriteNode(Node with { LastEpoch = Node.LastEpoch + 1 });
            wrong.ForEach(address => Generation.Addresses.Write(address.Address, address.Entry with { Epoch = Node.LastEpoch }));
            Generation.CommitAddresses(Node.LastEpoch);
            _state.EndChange();
        }

        Limbo.Add(_classes.RetireUnused());
    }

    private bool IsWrong(LiveAddress address) => Generation.Addresses.Find(address.Address) is not { } entry || !IsSame(entry, address.Entry);
}
