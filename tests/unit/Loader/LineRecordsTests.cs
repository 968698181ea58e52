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

        var kept = LineRecords.OnePerLine(MemoryMarshal.AsBytes(records.AsSpan()).ToArray(), 16, MemoryMarshal.AsBytes(functions.AsSpan()).ToArray(), 8);

        Assert.Equal([0U, 4U, 5U, 8U, 9U], MemoryMarshal.Cast<byte, uint>(kept).ToArray().Chunk(4).Select(record => record[0]));
    }

    [Fact]
    public void No_lines_stay_none() => Assert.Empty(LineRecords.OnePerLine([], 16, [], 8));
}
