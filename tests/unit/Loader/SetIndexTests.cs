using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using Netpol.Bundle;
using Netpol.Loader;
using Xunit.Abstractions;

namespace Netpol.Tests.Unit.Loader;

/// <summary>Nobody is missed because he was asked about few of many sets.</summary>
public sealed class SetIndexTests(ITestOutputHelper output)
{
    private const int Sets = 60, Subjects = 200;

    private static readonly string[] Keys = ["app", "tier", "env"], Values = ["a", "b", "c"], Namespaces = ["shop", "ops"];

    [Fact]
    public void Whoever_is_in_a_set_is_asked_about_it()
    {
        // NETPOL_SEED repeats a run.
        var seed = int.TryParse(Environment.GetEnvironmentVariable("NETPOL_SEED"), CultureInfo.InvariantCulture, out var given) ? given : Random.Shared.Next();
        output.WriteLine($"seed {seed}");
        Random random = new(seed);
        var (asked, all, held) = (0, 0, 0);
        for (var round = 0; round < 20; round++)
        {
            var manifest = Manifests.Of([.. Enumerable.Range(0, Sets).Select(bit => new SetEntry(bit, $"s{bit}", NextSet(random, 3)))]);
            SetIndex index = new(manifest);
            for (var i = 0; i < Subjects; i++)
            {
                var subject = NextSubject(random);
                var expected = manifest.Sets.Where(set => Placement.Holds(set.Expression, subject)).Select(set => set.Bit).ToHashSet();
                var candidates = index.Candidates(subject).Select(set => set.Bit).ToHashSet();


                Assert.True(expected.IsSubsetOf(candidates), $"{string.Join(' ', expected.Except(candidates))} of {subject}");
                Assert.Equal([expected.Aggregate(0UL, (word, bit) => word | 1UL << bit), 0], Placement.MembersOf(manifest, subject));
                (asked, all, held) = (asked + candidates.Count, all + Sets, held + expected.Count);
            }
        }

        // It would find nothing out, were all asked or none held.
        output.WriteLine($"{asked} of {all} asked, {held} held");
        Assert.InRange(asked, held, all * 9 / 10);
        Assert.InRange(held, all / 20, all);
    }

    [Fact]
    public void Of_many_sets_by_label_an_endpoint_is_asked_about_its_own()
    {
        var manifest = Manifests.Of([.. Enumerable.Range(0, 1_000).Select(number => new SetEntry(
            number, $"s{number}", new SetExpression.Pods("shop", null, new LabelExpression.In("app", [$"s{number}"]))))]);

        var candidates = new SetIndex(manifest).Candidates(new Subject.Endpoint(
            IPAddress.Loopback, "shop", ImmutableSortedDictionary<string, string>.Empty, ImmutableSortedDictionary<string, string>.Empty.Add("app", "s7").Add("tier", "x")));

        Assert.Equal(7, Assert.Single(candidates).Bit);
    }

    private static SetExpression NextSet(Random random, int depth) => random.Next(depth > 0 ? 10 : 6) switch
    {
        0 => new SetExpression.Any(),
        1 => new SetExpression.Host(),
        2 => new SetExpression.Nodes(),
        3 => new SetExpression.Cidr(["10.0.0.0/30"], ["10.0.0.1/32"]),
        4 or 5 => new SetExpression.Pods(
            random.Next(2) == 0 ? null : Pick(random, Namespaces), random.Next(4) == 0 ? NextLabels(random, 1) : null, random.Next(4) == 0 ? null : NextLabels(random, 2)),
        6 => new SetExpression.Union(NextParts(random, () => NextSet(random, depth - 1))),
        7 or 8 => new SetExpression.Intersection(NextParts(random, () => NextSet(random, depth - 1))),
        _ => new SetExpression.Difference(NextSet(random, depth - 1), NextSet(random, depth - 1)),
    };

    private static LabelExpression NextLabels(Random random, int depth) => random.Next(depth > 0 ? 7 : 3) switch
    {
        0 or 1 => new LabelExpression.In(Pick(random, Keys), [.. NextParts(random, () => Pick(random, Values))]),
        2 => new LabelExpression.Has(Pick(random, Keys)),
        3 => new LabelExpression.Not(NextLabels(random, depth - 1)),
        4 or 5 => new LabelExpression.And(NextParts(random, () => NextLabels(random, depth - 1))),
        _ => new LabelExpression.Or(NextParts(random, () => NextLabels(random, depth - 1))),
    };

    private static Subject NextSubject(Random random)
    {
        IPAddress address = new([10, 0, 0, (byte)random.Next(5)]);
        return random.Next(6) switch
        {
            0 => new Subject.Host(address),
            1 => new Subject.Node(address),
            _ => new Subject.Endpoint(address, Pick(random, Namespaces), NextLabels(random), NextLabels(random)),
        };
    }

    private static ImmutableSortedDictionary<string, string> NextLabels(Random random) =>
        Keys.Where(_ => random.Next(3) > 0).ToImmutableSortedDictionary(key => key, _ => Pick(random, Values), StringComparer.Ordinal);

    private static ImmutableArray<T> NextParts<T>(Random random, Func<T> next) => [.. Enumerable.Range(0, 1 + random.Next(3)).Select(_ => next())];

    private static string Pick(Random random, string[] from) => from[random.Next(from.Length)];
}
