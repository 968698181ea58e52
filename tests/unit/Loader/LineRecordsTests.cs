using System.Runtime.InteropServices;
using Netpol.Loader.Templates;

namespace Netpol.Tests.Unit.Loader;

public sealed class LineRecordsTests
{
    [Fact]
    public void A_line_has_one_record_in_a_row_and_every_function_its_first()
    {
        // Instruction, file, text, line << 10 | column.
        uint[] records =
        [
            0, 1, 9, (5 << 10) | 2,
            1, 1, 9, (5 << 10) | 30,
            4, 1, 9, (6 << 10) | 2,
            5, 2, 9, (6 << 10) | 2,
            8, 2, 9, (6 << 10) | 9,
            9, 1, 9, (5 << 10) | 2,
        ];
        uint[] functions = [0, 77, 8, 78];

        Assert.Equal([0U, 4U, 5U, 8U, 9U], Thinned(records, functions, 12));
    }

    [Fact]
    public void Of_too_many_those_of_the_fewest_instructions_go_but_none_that_begins_a_function()
    {
        const int few = 20;
        List<uint> records = [], firsts = [], functions = [0, 77];
        uint at = 0;
        for (uint i = 0; i < LineRecords.Most + few; i++)
        {
            // Every fifth line has one instruction, the others three; one of the short ones begins a function.
            var isShort = i % 5 == 0;
            records.AddRange([at, 1, 9, i << 10]);
            if (i == 50)
            {
                functions.AddRange([at, 78]);
            }

            if (!isShort || i is 0 or 50)
            {
                firsts.Add(at);
            }

            at += isShort ? 1U : 3U;
        }

        var kept = Thinned([.. records], [.. functions], (int)at);

        Assert.Equal(LineRecords.Most, kept.Length);
        Assert.Empty(firsts.Except(kept));
    }

    [Fact]
    public void What_a_dropped_line_parted_is_joined()
    {
        // Line 1, for one instruction another, line 1 again: two records go for one.
        uint[] parted = [0, 1, 9, 1 << 10, 3, 1, 9, 2 << 10, 4, 1, 9, 1 << 10];
        var others = Enumerable.Range(0, LineRecords.Most - 2).SelectMany(i => new[] { (uint)(10 + 3 * i), 1U, 9U, (uint)(10 + i) << 10 });

        var kept = Thinned([.. parted, .. others], [0, 77], 1000);

        Assert.Equal(LineRecords.Most - 1, kept.Length);
        Assert.Equal([0U, 10U], kept[..2]);
    }

    [Fact]
    public void No_lines_stay_none() => Assert.Empty(LineRecords.Thinned([], 16, [], 8, 0));

    private static uint[] Thinned(uint[] records, uint[] functions, int instructions) =>
        [.. MemoryMarshal.Cast<byte, uint>(LineRecords.Thinned(Bytes(records), 16, Bytes(functions), 8, instructions)).ToArray().Chunk(4).Select(record => record[0])];

    private static byte[] Bytes(uint[] words) => MemoryMarshal.AsBytes(words.AsSpan()).ToArray();
}
