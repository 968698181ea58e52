using System.Collections.Immutable;
using Netpol.Model;
using Netpol.Semantics;

namespace Netpol.Questions;

/// <summary>A flow to be judged, and everything that is there when it is.</summary>
/// <param name="Notes">What was taken for granted, for people.</param>
public sealed record FlowQuestion(Universe Universe, Flow Flow, ImmutableArray<string> Notes)
{
    /// <summary>
    /// Puts two ends together. The flow is between the first address of the source and the first of the destination in
    /// one family. An address that an endpoint of the question has means that endpoint.
    /// </summary>
    /// <param name="others">Endpoints that are there beside the two ends: the backends of a service.</param>
    /// <param name="problem">Why there is no such flow, in one sentence.</param>
    public static FlowQuestion? Of(
        FlowEnd from, FlowEnd to, Traffic traffic, ImmutableArray<Endpoint> others, UnusedAddresses unused, out string problem)
    {
        problem = "";
        var notes = ImmutableArray.CreateBuilder<string>();
        var family = FamilyOf(traffic) ?? FamilyOf(from) ?? FamilyOf(to);
        var (source, destination) = (Addressed(from, 0), Addressed(to, 1));
        if (Pair(source, destination, traffic) is not var (sourceAddress, destinationAddress))
        {
            problem = FamilyOf(traffic) is { } only
                ? $"`{traffic}` is {(only == IpFamily.V4 ? "IPv4's" : "IPv6's")}, and the ends have no addresses of that family in common"
                : "the two ends have no address of one family";
            return null;
        }

        var endpoints = ImmutableArray.CreateBuilder<Endpoint>();
        foreach (var endpoint in new[] { source.Endpoint, destination.Endpoint }
            .Concat(others.Select((other, index) => Addressed(new(null, other), 2 + index).Endpoint)).OfType<Endpoint>())
        {
            if (!endpoints.Any(known => IsOne(known, endpoint)))
            {
                endpoints.Add(endpoint);
            }
        }

        var taken = new HashSet<Address>();
        foreach (var address in endpoints.SelectMany(endpoint => endpoint.Addresses.Distinct()))
        {
            if (!taken.Add(address))
            {
                problem = $"two endpoints have the address {address}";
                return null;
            }
        }

        ImmutableArray<Node> nodes = [.. new[] { from, to }.Where(end => end is { Node: not null, Address: { } })
            .Select(end => new Node(end.Node == FlowEnd.OwnNode ? "" : FlowEnd.AnotherNode, [end.Address ?? sourceAddress]))];
        var isFromNodeSocket = from.Node == FlowEnd.OwnNode;
        return new(
            new Universe(endpoints.ToImmutable(), nodes),
            new Flow(sourceAddress, destinationAddress, traffic, IsFromNodeSocket: isFromNodeSocket),
            notes.ToImmutable());

        // An endpoint without an address gets one that no prefix of the model holds, if there is such a one.
        FlowEnd Addressed(FlowEnd end, int which)
        {
            if (end.Endpoint is not { Addresses.IsEmpty: true } endpoint)
            {
                return end;
            }

            var address = unused.Find(family ?? unused.PreferredFamily, which);
            notes.Add($"{endpoint} was given no address: {address} is taken for it");
            return new(null, new Endpoint(
                endpoint.Namespace, endpoint.NamespaceLabels, endpoint.Labels, [address], endpoint.Ports, endpoint.ToString()));
        }
    }

    /// <summary>One endpoint, written twice: everything about it is the same, its addresses among that.</summary>
    private static bool IsOne(Endpoint left, Endpoint right) => ReferenceEquals(left, right)
        || (left.Namespace == right.Namespace
            && left.Addresses.SequenceEqual(right.Addresses)
            && left.Ports.SequenceEqual(right.Ports)
            && left.Labels.Count == right.Labels.Count
            && left.Labels.All(label => right.Labels.TryGetValue(label.Key, out var value) && value == label.Value));

    private static (Address Source, Address Destination)? Pair(FlowEnd from, FlowEnd to, Traffic traffic)
    {
        foreach (var source in AddressesOf(from))
        {
            foreach (var destination in AddressesOf(to))
            {
                if (source.Family == destination.Family && (FamilyOf(traffic) ?? source.Family) == source.Family)
                {
                    return (source, destination);
                }
            }
        }

        return null;
    }

    private static ImmutableArray<Address> AddressesOf(FlowEnd end) =>
        end.Address is { } address ? [address] : end.Endpoint?.Addresses ?? [];

    private static IpFamily? FamilyOf(FlowEnd end) => AddressesOf(end) is { IsEmpty: false } addresses ? addresses[0].Family : null;

    private static IpFamily? FamilyOf(Traffic traffic) => (Protocol)traffic.Protocol switch
    {
        Protocol.Icmp => IpFamily.V4,
        Protocol.IcmpV6 => IpFamily.V6,
        _ => null,
    };
}
