using CsCheck;
using Netpol.Binding;
using Netpol.Compiler.Ir;
using Netpol.Diagnostics;
using Netpol.Model;
using Netpol.Syntax;

namespace Netpol.Tests.Unit.Growth;

/// <summary>What was made fast answers as the plain way does.</summary>
public sealed class SameAnswerTests
{
    private static readonly Gen<Prefix> Prefixes = Gen.OneOf(
        Gen.Select(Gen.UInt[0, 15], Gen.Int[0, 32], (bits, length) => Prefix.Of(new Address(IpFamily.V4, (UInt128)bits << 28), length)),
        Gen.Select(Gen.UInt[0, 7], Gen.Int[0, 128], (bits, length) => Prefix.Of(new Address(IpFamily.V6, (UInt128)bits << 125), length)));

    private static readonly Gen<Condition> Leaves = Gen.OneOf(
        Gen.Int[0, 2].Select(set => (Condition)new Condition.PeerIn(new SetId(set))),
        Gen.Int[0, 2].Select(set => (Condition)new Condition.SelfIn(new SetId(set))),
        Gen.Int[0, 1].Select(port => (Condition)new Condition.PortIn((ushort)port, 1)),
        Gen.Const((Condition)new Condition.SameNamespace()));

    private static readonly Gen<Condition> Conditions = Gen.Recursive<Condition>((depth, inner) => depth > 2 ? Leaves : Gen.OneOf(
        Leaves,
        inner.Select(one => (Condition)new Condition.Not(one)),
        inner.Array[2, 3].Select(parts => (Condition)new Condition.And([.. parts])),
        inner.Array[2, 3].Select(parts => (Condition)new Condition.Or([.. parts]))));

    [Fact]
    public void Sets_of_prefixes_hold_what_one_of_the_prefixes_holds() =>
        Gen.Select(Prefixes.Array[0, 6], Prefixes).Sample((prefixes, asked) =>
            new PrefixSet(prefixes).Contains(asked) == prefixes.Any(prefix => prefix.Contains(asked)));

    [Fact]
    public void Conditions_are_equal_where_their_printed_forms_are() =>
        Gen.Select(Conditions, Conditions).Sample((left, right) =>
            ConditionComparer.Instance.Equals(left, right) == (left.ToString() == right.ToString())
            && (!ConditionComparer.Instance.Equals(left, right)
                || ConditionComparer.Instance.GetHashCode(left) == ConditionComparer.Instance.GetHashCode(right)));

    [Fact]
    public void Overlapping_ranges_are_found_with_the_first_that_they_overlap() =>
        Gen.Select(Gen.Int[0, 2].Select(kind => new[] { "pods", "nodes", "services" }[kind]), Prefixes).Array[0, 8].Sample(written =>
        {
            var ranges = written.Select(range => new ClusterRange(range.Item1, range.Item2, new Spelled<string>("", default)))
                .DistinctBy(range => (range.Kind, range.Prefix)).ToList();
            var expected = from later in Enumerable.Range(0, ranges.Count)
                           let earlier = ranges.Take(later).FirstOrDefault(other => other.Kind != ranges[later].Kind
                               && (other.Prefix.Contains(ranges[later].Prefix) || ranges[later].Prefix.Contains(other.Prefix)))
                           where earlier is not null
                           select (ranges[later], earlier);

            return ClusterRange.Overlaps(ranges).SequenceEqual(expected);
        });

    [Fact]
    public void The_nearest_word_is_the_nearest_of_all() =>
        Gen.Select(Gen.String[Gen.Char['a', 'c'], 1, 9], Gen.String[Gen.Char['a', 'c'], 0, 9].Array[0, 6]).Sample((written, words) =>
        {
            var nearest = words.Select((word, index) => (Edits: Edits(written, word), index, word))
                .Where(candidate => candidate.Edits <= Math.Max(1, written.Length / 3)).Order().FirstOrDefault();

            return Spelling.Nearest(written, words) == nearest.word;
        });

    // The definition, without bounds: insertions, deletions, replacements and swaps of neighbours (optimal string alignment).
    private static int Edits(string a, string b)
    {
        var table = new int[a.Length + 1, b.Length + 1];
        for (var i = 0; i <= a.Length; i++)
        {
            for (var j = 0; j <= b.Length; j++)
            {
                table[i, j] = i == 0 ? j : j == 0 ? i : Math.Min(
                    Math.Min(table[i - 1, j], table[i, j - 1]) + 1, table[i - 1, j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1));
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                {
                    table[i, j] = Math.Min(table[i, j], table[i - 2, j - 2] + 1);
                }
            }
        }

        return table[a.Length, b.Length];
    }
}
