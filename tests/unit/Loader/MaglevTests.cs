using System.Collections.Immutable;
using System.Net;
using Netpol.Loader.Tables;
using Netpol.Model;
using Netpol.Semantics;
using Xunit.Abstractions;

namespace Netpol.Tests.Unit.Loader;

/// <summary>The tables that a node fills against those that the language means, and what a change of backends moves.</summary>
public sealed class MaglevTests(ITestOutputHelper output)
{
    [Fact]
    public void A_node_fills_the_table_that_the_language_means_in_whatever_order_it_knows_the_backends()
    {
        Random random = new(20);
        foreach (var positions in new[] { 251, 509, 1021, 2039 })
        {
            for (var backends = 0; backends < 12; backends++)
            {
                var weighted = Backends(backends, random, mostWeight: random.Next(2) == 0 ? 1 : 9);
                var shuffled = weighted.ToArray();
                random.Shuffle(shuffled);

                Assert.Equal(Meant(weighted, positions), Filled([.. weighted], positions));
                Assert.Equal(Meant(weighted, positions), Filled(shuffled, positions));
            }
        }
    }

    [Theory]
    [InlineData(3, 509)]
    [InlineData(10, 1021)]
    [InlineData(100, 16_381)]
    public void One_backend_more_or_less_moves_little_but_its_own_share(int count, int positions)
    {
        Random random = new(count);
        var all = Backends(count + 1, random, mostWeight: 1);
        var more = Filled([.. all], positions);
        var less = Filled([.. all.Take(count)], positions);

        var moved = more.Zip(less).Count(pair => !pair.First.Equals(pair.Second));
        var own = more.Count(address => address.Equals(all[count].Address));

        output.WriteLine($"{count} backends and one: {moved} of {positions} positions move, {own} of them its own: {(double)moved / positions:P2} where 1/n is {1.0 / (count + 1):P2}");
        Assert.InRange(own, positions / (count + 1), (positions / (count + 1)) + 1);
        // What the newcomer takes, and what those whom it displaced take in turn.
        Assert.InRange(moved, own, 3 * own);
    }

    [Fact]
    public void Shares_are_as_the_weights()
    {
        var table = Filled([new(IPAddress.Parse("10.0.0.1"), 80, 1), new(IPAddress.Parse("10.0.0.2"), 80, 3), new(IPAddress.Parse("10.0.0.3"), 80, 0)], 1021);

        Assert.InRange(table.Count(address => address.Equals(IPAddress.Parse("10.0.0.1"))), 254, 257);
        Assert.DoesNotContain(IPAddress.Parse("10.0.0.3"), table);
    }

    [Theory]
    [InlineData(1, 251)]
    [InlineData(2, 251)]
    [InlineData(3, 509)]
    [InlineData(163, 16_381)]
    [InlineData(1_000, 65_521)]
    public void A_table_has_a_hundred_positions_for_each_backend_that_is_written(int backends, int positions)
    {
        var service = Service(new BackendSource.Literal([.. Enumerable.Range(0, backends).Select(i => new LiteralBackend(Address.Parse($"10.{i / 250}.0.{i % 250}"), 1))]));

        Assert.Equal(positions, Maglev.Positions(Model([service], Scale.Default), service, IpFamily.V4));
        Assert.Equal(0, Maglev.Positions(Model([service], Scale.Default), service, IpFamily.V6));
    }

    [Theory]
    [InlineData(1, 7_680, 16_381)]
    [InlineData(1, 5, 509)]
    [InlineData(2_000, 7_680, 8_191)]
    [InlineData(10_000, 7_680, 1_021)]
    public void A_table_of_endpoints_is_sized_by_the_scale_and_by_how_many_there_are(int services, int endpoints, int positions)
    {
        var service = Service(new BackendSource.Endpoints(new AddressSet.Any()));
        var model = Model([.. Enumerable.Repeat(service, services)], Scale.Default with { Endpoints = endpoints });

        Assert.Equal(positions, Maglev.Positions(model, service, IpFamily.V4));
    }

    private static ImmutableArray<Backend> Backends(int count, Random random, int mostWeight) =>
        [.. Enumerable.Range(1, count).Select(i => new Backend(
            IPAddress.Parse(random.Next(4) == 0 && mostWeight > 1 ? $"fd00::{i}" : $"10.0.0.{i}"), random.Next(1, 65_536), mostWeight == 1 ? 1 : random.Next(mostWeight + 1)))];

    private static IPAddress[] Filled(Backend[] backends, int positions)
    {
        if (backends.All(backend => backend.Weight == 0))
        {
            return [];
        }

        var table = new ushort[positions];
        MaglevTable.Fill(backends, table);
        return [.. table.Select(index => backends[index].Address)];
    }

    private static IPAddress[] Meant(ImmutableArray<Backend> backends, int positions) =>
        [.. Maglev.Table([.. backends.Select(backend => (Address.From(backend.Address), (ushort)backend.Port, backend.Weight))], positions)
            .Select(index => backends[index].Address)];

    private static Service Service(BackendSource backends) => new(
        "s", [Address.Parse("10.96.0.1")], [new ServicePort(null, Protocol.Tcp, 80, new TargetPort.Number(8080), new Origin("a", 1, 1, ""))], backends,
        new Origin("a", 1, 1, ""), null)
    {
        Balance = BalanceAlgorithm.Maglev,
    };

    private static NetworkModel Model(ImmutableArray<Service> services, Scale scale) =>
        new(new Cluster([], [], [], true, true), [], [], [], services, [], []) { Scale = scale };
}
