using System.Collections.Immutable;
using Netpol.Model;
using Netpol.Semantics;

namespace Netpol.Tests.Kernel.Agreement;

/// <summary>Endpoints of three nodes, with labels, namespaces, addresses and named ports drawn at random.</summary>
internal static class RandomUniverse
{
    internal const string ThisNode = "node-1", OtherNode = "node-2", ThirdNode = "node-3";
    internal const int Endpoints = 9, OnThisNode = 6;

    internal static Universe Next(Random random)
    {
        var zone = random.Next(3) == 0 ? null : "zone-1";
        return new(
            [.. Enumerable.Range(1, Endpoints).Select(i => Endpoint(random, i))],
            [
                new Node(ThisNode, [Address.Parse("192.168.0.1"), Address.Parse("fd00:1::1")]) { Zone = zone },
                new Node(OtherNode, [Address.Parse("192.168.0.2"), Address.Parse("fd00:1::2")]) { Zone = random.Next(2) == 0 ? zone : "zone-2" },
                new Node(ThirdNode, [Address.Parse("192.168.0.3"), Address.Parse("fd00:1::3")]),
            ]);
    }

    private static Endpoint Endpoint(Random random, int index)
    {
        T Pick<T>(ImmutableArray<T> all) => all[random.Next(all.Length)];
        var families = random.Next(8);
        var space = Pick(RandomModel.Namespaces);
        Dictionary<string, string> labels = new() { ["app"] = Pick(RandomModel.Apps) };
        if (random.Next(2) == 0)
        {
            labels["tier"] = Pick(RandomModel.Tiers);
        }

        // Some have a second address of a family; as backends they are one all the same.
        string[] addresses =
        [
            .. families == 0 ? [] : (string[])[$"10.244.0.{index}"], .. families == 1 ? [] : (string[])[$"fd00:10::{index}"],
            .. families == 2 ? (string[])[$"10.244.0.{100 + index}", $"fd00:10::1:{index}"] : [],
        ];

        // A namespace has one set of labels, whoever is in it.
        return new(
            space,
            new Dictionary<string, string> { ["env"] = space == "data" ? "prod" : "test" },
            labels,
            [.. addresses.Select(Address.Parse)],
            [.. Enumerable.Range(0, random.Next(0, 4)).Select(_ => new NamedPort(
                Pick(RandomModel.PortNames), Pick<Protocol>([Protocol.Tcp, Protocol.Udp, Protocol.Sctp]), Pick(RandomModel.Ports))).Distinct()],
            $"pod-{index}",
            index <= OnThisNode ? ThisNode : index == Endpoints ? ThirdNode : OtherNode);
    }
}
