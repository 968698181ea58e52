using System.Runtime.InteropServices;
using Netpol.Loader.Tables;
using Netpol.Loader.Verdicts;

namespace Netpol.Tests.Kernel.Live;

/// <summary>What verdict tables answer, whatever numbers their nodes have: every pair, as the runs of values that are answered alike.</summary>
internal static class TableMeaning
{
    private const int Values = 1 << 16;

    /// <summary>Of the kernel's; both halves must say the same.</summary>
    public static SortedDictionary<string, string> Of(MapSet maps)
    {
        var nodes = MemoryMarshal.Cast<byte, uint>(maps[VerdictTables.NodesMap].ReadAll().Values).ToArray();
        var (keys, values) = maps[VerdictTables.PairsMap].ReadAll();
        SortedDictionary<string, string> meaning = new(StringComparer.Ordinal);
        foreach (var (key, halves) in MemoryMarshal.Cast<byte, PairKey>(keys).ToArray().Zip(MemoryMarshal.Cast<byte, PairHalves>(values).ToArray()))
        {
            var even = Text(halves.Even, index => nodes.AsSpan((int)index * NodePool.Entries, NodePool.Entries).ToArray());
            var odd = Text(halves.Odd, index => nodes.AsSpan((int)index * NodePool.Entries, NodePool.Entries).ToArray());
            Assert.Equal(even, odd);
            meaning.Add($"{key}", even);
        }

        return meaning;
    }

    /// <summary>Of tables that were made at once.</summary>
    public static SortedDictionary<string, string> Of(VerdictDraft draft)
    {
        var nodes = draft.Nodes.Made.ToArray();
        return new(
            draft.Pairs.ToDictionary(pair => $"{pair.Key}", pair => Text(pair.Value, index => nodes[(int)index - draft.Nodes.First])), StringComparer.Ordinal);
    }

    private static string Text(PairRoots roots, Func<uint, uint[]> node)
    {
        List<string> spaces = [];
        for (var space = 0; space < PairRoots.Spaces; space++)
        {
            List<(int Start, string Entry)> runs = [];
            void Walk(uint entry, int start, int count)
            {
                if (entry == 0 || (entry & VerdictCell.Final) != 0)
                {
                    // A list of limited rules is what is in it.
                    var text = VerdictCell.IsList(entry) ? $"[{string.Join(',', node(entry & VerdictCell.Number).Select(each => $"{each:x}"))}]" : $"{entry:x}";
                    if (runs.Count == 0 || runs[^1].Entry != text)
                    {
                        runs.Add((start, text));
                    }

                    return;
                }

                var each = count / NodePool.Entries;
                var entries = node(entry);
                for (var index = 0; index < entries.Length; index++)
                {
                    Walk(entries[index], start + (index * each), each);
                }
            }

            var root = roots[space];
            var isNode = root != 0 && (root & VerdictCell.Final) == 0;
            Walk(root, 0, Values / 2);
            Walk(isNode ? root + 1 : root, Values / 2, Values / 2);
            spaces.Add(string.Join(' ', runs.Select(run => $"{run.Start}:{run.Entry}")));
        }

        return string.Join(" | ", spaces);
    }
}
