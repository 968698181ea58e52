using System.Collections.Immutable;
using System.Diagnostics;
using CsCheck;
using Netpol.Compiler.Ir;
using Netpol.Compiler.Layout;
using Netpol.Compiler.Lowering;
using Netpol.Model;
using Netpol.Semantics;
using static Netpol.Tests.Unit.Compiler.ModelBuilder;

namespace Netpol.Tests.Unit.Compiler;

public sealed class AddressSplitTests
{
    [Fact]
    public void The_longest_match_says_what_the_evaluator_says_of_every_address()
    {
        Gen.Int[0, int.MaxValue].Sample(
            seed =>
            {
                var world = new RandomWorld(seed);
                var model = world.Model();
                var members = new Members(model);
                ImmutableArray<MemberSet> sets = [.. Enumerable.Range(0, 70).Select(n => Set(n, world.Set()))];
                var split = AddressSplit.Split(IpFamily.V4, sets, members.Kinds).AddRange(AddressSplit.Split(IpFamily.V6, sets, members.Kinds));
                foreach (var address in RandomWorld.NearEdges())
                {
                    var match = split.Where(entry => entry.Prefix.Contains(address)).MaxBy(entry => entry.Prefix.Length);
                    Assert.NotNull(match);
                    var expected = sets.Where(set => members.Contains(set.Expression, members.Bare(address))).Select(set => set.Id.Index);
                    Assert.Equal(expected, match.Members.Bits);
                }
            },
            iter: 100, threads: 1);
    }

    [Fact]
    public void Nested_sets_split_the_space_and_equal_halves_are_joined()
    {
        var split = Split(Cidr("10.0.0.0/8"), Cidr("10.1.0.0/16"), Cidr("192.0.2.0/25", "192.0.2.128/25"));

        Assert.Equal(["0.0.0.0/0 ", "10.0.0.0/8 0", "10.1.0.0/16 0,1", "192.0.2.0/24 2"], split);
    }

    [Fact]
    public void A_prefix_that_its_halves_cover_is_not_in_the_table()
    {
        var split = Split(Cidr("10.0.0.0/8"), Cidr("10.0.0.0/9"), Cidr("10.128.0.0/9"));

        Assert.Equal(["0.0.0.0/0 ", "10.0.0.0/9 0,1", "10.128.0.0/9 0,2"], split);
    }

    [Fact]
    public void Neighbours_of_one_set_become_one_prefix()
    {
        var split = Split(Cidr([.. Enumerable.Range(0, 256).Select(n => $"10.0.0.{n}")]));

        Assert.Equal(["0.0.0.0/0 ", "10.0.0.0/24 0"], split);
    }

    [Fact]
    public void A_hundred_thousand_prefixes_take_seconds()
    {
        var random = new Random(7);
        AddressSet[] sets = [.. Enumerable.Range(0, 100).Select(_ => Cidr([.. Enumerable.Range(0, 1000).Select(_ =>
            Prefix.Of(new Address(IpFamily.V4, (UInt128)random.NextInt64(1L << 32)), random.Next(8, 33)).ToString())]))];
        var clock = Stopwatch.StartNew();

        var split = Split(sets);

        Assert.True(split.Length > 50_000, $"{split.Length} entries");
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(20), $"{clock.Elapsed}");
    }

    private static string[] Split(params AddressSet[] sets) =>
        [.. AddressSplit.Split(IpFamily.V4, [.. sets.Select((set, index) => Set(index, set))], new AddressKinds(NetworkModel.Empty))
            .Select(entry => $"{entry.Prefix} {string.Join(',', entry.Members.Bits)}")];

    private static MemberSet Set(int index, AddressSet set)
    {
        // What has services and `same namespace` never becomes a set.
        var form = new SetNormalizer().Normalize(set);
        return new MemberSet(new SetId(index), null, form.Set, form.Spelling);
    }
}
