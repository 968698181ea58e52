using System.Runtime.InteropServices;

namespace Netpol.Loader.Templates;

/// <summary>
/// Line info as <c>struct bpf_line_info</c> of linux/bpf.h. A compiler writes a record for each column and each change of place; the kernel
/// keeps 24 bytes of each for every container, in two blocks that are powers of two. Tools show lines, and a stretch of one or two
/// instructions reads as well under the line before it.
/// </summary>
internal static class LineRecords
{
    /// <summary>Of one program: blocks of 2 and 1 KiB, where one more would take 4 and 2.</summary>
    internal const int Most = 128;

    private const int FileOffset = 4;
    private const int LineOffset = 12;
    private const int ColumnBits = 10;

    /// <summary>
    /// One record for each line in a row; of more than <see cref="Most"/> those go first that speak of the fewest instructions. A function
    /// begins with one of its own: the kernel wants it so.
    /// </summary>
    /// <param name="instructions">How many the program has, which is where the last stretch ends.</param>
    internal static byte[] Thinned(byte[] lines, int lineSize, byte[] functions, int functionSize, int instructions)
    {
        HashSet<uint> starts = [];
        for (var at = 0; at < functions.Length; at += functionSize)
        {
            starts.Add(MemoryMarshal.Read<uint>(functions.AsSpan(at)));
        }

        List<Stretch> kept = new(lines.Length / Math.Max(lineSize, 1));
        for (var at = 0; at < lines.Length; at += lineSize)
        {
            var record = lines.AsSpan(at, lineSize);
            var first = MemoryMarshal.Read<uint>(record);
            kept.Add(new Stretch(
                at, first, MemoryMarshal.Read<uint>(record[FileOffset..]), MemoryMarshal.Read<uint>(record[LineOffset..]) >> ColumnBits, starts.Contains(first)));
        }

        Join(kept);
        while (kept.Count > Most && Shortest(kept, instructions) is >= 0 and var shortest)
        {
            kept.RemoveAt(shortest);
            Join(kept);
        }

        return [.. kept.SelectMany(stretch => lines[stretch.At..(stretch.At + lineSize)])];
    }

    private static void Join(List<Stretch> stretches)
    {
        for (var i = stretches.Count - 1; i > 0; i--)
        {
            if (!stretches[i].BeginsFunction && (stretches[i].File, stretches[i].Line) == (stretches[i - 1].File, stretches[i - 1].Line))
            {
                stretches.RemoveAt(i);
            }
        }
    }

    private static int Shortest(List<Stretch> stretches, int instructions)
    {
        var (shortest, least) = (-1, long.MaxValue);
        for (var i = 0; i < stretches.Count; i++)
        {
            var length = (i + 1 < stretches.Count ? stretches[i + 1].First : instructions) - stretches[i].First;
            if (!stretches[i].BeginsFunction && length < least)
            {
                (shortest, least) = (i, length);
            }
        }

        return shortest;
    }

    private readonly record struct Stretch(int At, uint First, uint File, uint Line, bool BeginsFunction);
}
