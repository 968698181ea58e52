using System.Collections.Immutable;
using System.Net;
using Netpol.Bundle;
using Netpol.Loader.Abi;
using Netpol.Loader.State;

namespace Netpol.Loader.Tables;

/// <summary>An endpoint as the maps need it: addresses parsed, and its place in a manifest's sets.</summary>
internal sealed class PlacedEndpoint(EndpointRecord record)
{
    private Manifest? _manifest;
    private ImmutableArray<(IPAddress Address, ulong[] Members)> _members = [];

    /// <summary>One that has no id yet.</summary>
    internal static PlacedEndpoint Expected(EndpointSpec spec) =>
        new(new EndpointRecord(NodeRecord.CurrentSchema, 0, 0, 0, 0, "", Attached: false, spec, Pending.None)) { IsHere = true };

    internal EndpointRecord Record => record;

    /// <summary>A container of this node, which is judged here; else one of another node, which is only a peer.</summary>
    internal bool IsHere { get; private init; } = record.Slot != 0;

    internal ImmutableArray<IPAddress> Addresses { get; } = [.. record.Spec.Addresses.Select(IPAddress.Parse)];

    /// <summary>Without what depends on the policy.</summary>
    internal AddressEntry Entry => new()
    {
        Endpoint = record.Id,
        Ifindex = (uint)record.InterfaceIndex,
        NamespaceId = record.NamespaceId,
        Slot = (ushort)record.Slot,
        Kind = (byte)AddressKind.Endpoint,
    };

    /// <summary>The first of the family: one endpoint is one backend, however many addresses it has.</summary>
    internal IPAddress? AddressOf(int addressLength) =>
        Addresses.FirstOrDefault(address => address.GetAddressBytes().Length == addressLength);

    /// <summary>Worked out once: every port of every service asks.</summary>
    internal ulong[] MembersOf(Manifest manifest, IPAddress address)
    {
        if (!ReferenceEquals(_manifest, manifest))
        {
            (_manifest, _members) = (manifest, []);
        }

        if (_members.FirstOrDefault(known => known.Address.Equals(address)).Members is not { } members)
        {
            members = Placement.MembersOf(manifest, new Subject.Endpoint(
                address,
                record.Spec.Namespace,
                Placement.LabelsOf(manifest, record.Spec.Namespace, record.Spec.NamespaceLabels),
                record.Spec.Labels));
            _members = _members.Add((address, members));
        }

        return members;
    }
}
