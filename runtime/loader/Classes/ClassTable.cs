using System.Collections.Immutable;
using System.Numerics;
using Netpol.Bundle;
using Netpol.Bundle.Verdicts;

namespace Netpol.Loader.Classes;

/// <summary>Finds the class of an address on the node, or makes it.</summary>
internal sealed class ClassTable(Manifest manifest, IClassStore store, IClassPublisher publisher)
{
    /// <summary>The id of the class of an endpoint with these memberships and ports.</summary>
    /// <param name="isHere">It is judged by this node.</param>
    internal uint OfEndpoint(ReadOnlySpan<ulong> members, ImmutableArray<NamedPort> ports, bool isHere) =>
        Of(members, isEndpoint: true, isHere, PortsOf(manifest, ports));

    /// <summary>Of an address of this node, or of one that its packets bear.</summary>
    internal uint OfNode(ReadOnlySpan<ulong> members) => Of(members, isEndpoint: false, isJudged: false, []);

    private uint Of(ReadOnlySpan<ulong> members, bool isEndpoint, bool isJudged, ImmutableArray<ClassPort> ports)
    {
        var known = store.Read();
        AddressClass wanted = new(Math.Max(store.LastId, manifest.Layout.Classes) + 1, BitsInVerdicts(manifest, members), isEndpoint, isJudged, ports);
        foreach (var each in known)
        {
            if (each.IsAlike(wanted))
            {
                if (isJudged && !each.IsJudged)
                {
                    var judged = each with { IsJudged = true };
                    store.Judge(judged, () => publisher.Judge(judged, known));
                }

                return (uint)each.Id;
            }
        }

        store.Add(wanted, () => publisher.Publish(wanted, known));
        return (uint)wanted.Id;
    }

    /// <summary>What of an endpoint's names of ports is part of its class.</summary>
    internal static ImmutableArray<ClassPort> PortsOf(Manifest manifest, ImmutableArray<NamedPort> ports)
    {
        if (manifest.PortNames.IsEmpty || !manifest.Verdicts.AreTables)
        {
            return [];
        }

        return
        [
            .. from port in ports
               let name = manifest.PortNames.IndexOf(port.Name)
               where name >= 0
               let space = port.Protocol switch { "udp" => TrafficSpace.Udp, "sctp" => TrafficSpace.Sctp, _ => TrafficSpace.Tcp }
               orderby name, space, port.Port
               select new ClassPort(name, space, (ushort)port.Port),
        ];
    }

    /// <summary>The sets that tell addresses apart: what only services or <c>observe</c> ask for splits no class.</summary>
    internal static ImmutableArray<int> BitsInVerdicts(Manifest manifest, ReadOnlySpan<ulong> members) =>
        BitsOf(members).RemoveAll(bit => manifest.Sets[bit].IsOutsideVerdicts);

    internal static ImmutableArray<int> BitsOf(ReadOnlySpan<ulong> members)
    {
        var bits = ImmutableArray.CreateBuilder<int>();
        for (var index = 0; index < members.Length; index++)
        {
            for (var word = members[index]; word != 0; word &= word - 1)
            {
                bits.Add((index * 64) + BitOperations.TrailingZeroCount(word));
            }
        }

        return bits.ToImmutable();
    }
}
