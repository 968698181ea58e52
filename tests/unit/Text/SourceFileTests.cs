using System.Diagnostics;
using Netpol.Text;

namespace Netpol.Tests.Unit.Text;

public sealed class SourceFileTests
{
    [Theory]
    [InlineData("abc", 0, "1:1")]
    [InlineData("a\nbc", 3, "2:2")]
    [InlineData("a\r\nbc", 3, "2:1")]
    [InlineData("a\rbc", 2, "2:1")]
    [InlineData("a\r\n\r\nbc", 5, "3:1")]
    [InlineData("", 0, "1:1")]
    [InlineData("a\n", 2, "2:1")]
    [InlineData("é😀x", 3, "1:3")]
    [InlineData("😀\n😀😀x", 7, "2:3")]
    [InlineData("abc", 99, "1:4")]
    public void Line_and_column_count_from_one_in_code_points(string text, int offset, string expected)
    {
        var source = new SourceFile("a.netpol", text);

        var position = source.PositionOf(offset);

        Assert.Equal(expected, position.ToString());
    }

    [Fact]
    public void A_byte_order_mark_is_no_column()
    {
        var source = SourceFile.FromUtf8("a.netpol", [0xEF, 0xBB, 0xBF, (byte)'x']);

        var position = source.PositionOf(0);

        Assert.Equal(("x", "1:1"), (source.Text, position.ToString()));
    }

    [Theory]
    [InlineData("ab\n😀cd", 2, 1, 3)]
    [InlineData("ab\n😀cd", 2, 2, 5)]
    [InlineData("ab\n😀cd", 2, 99, 7)]
    [InlineData("ab\n😀cd", 99, 1, 3)]
    public void The_offset_of_a_place_is_the_inverse_of_its_position(string text, int line, int column, int expected)
    {
        var source = new SourceFile("a.netpol", text);

        var offset = source.OffsetOf(line, column);

        Assert.Equal(expected, offset);
    }

    [Theory]
    [InlineData("ab\r\ncd", 1, "ab")]
    [InlineData("ab\rcd", 1, "ab")]
    [InlineData("ab\n\ncd", 2, "")]
    [InlineData("ab\ncd", 2, "cd")]
    public void A_line_comes_without_its_break(string text, int line, string expected)
    {
        var source = new SourceFile("a.netpol", text);

        var lineText = source.LineText(line);

        Assert.Equal(expected, lineText);
    }

    [Fact]
    public void Columns_of_a_very_long_line_cost_no_walk_over_it()
    {
        var source = new SourceFile("a.netpol", new string('x', 4_000_000) + "😀y");

        var watch = Stopwatch.StartNew();
        for (var i = 0; i < 100_000; i++)
        {
            source.PositionOf(4_000_000);
        }

        var column = source.PositionOf(4_000_002).Column;

        Assert.Equal(4_000_002, column);
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(5), $"took {watch.Elapsed}");
    }
}
