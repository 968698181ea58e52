using System.Runtime.InteropServices;

namespace Netpol.Loader.Templates;

/// <summary>
/// Line info as <c>struct bpf_line_info</c> of linux/bpf.h. A compiler writes a record for each column, and the kernel keeps 24 bytes of
/// each for every container; tools show lines.
/// </summary>
internal static class LineRecords
{
    private const int FileOffset = 4;
    private const int LineOffset = 12;
    private const int ColumnBits = 10;

    /// <summary>Without the records that name the line of the one before. A function begins with one of its own: the kernel wants it so.</summary>
    internal static byte[] OnePerLine(byte[] lines, int lineSize, byte[] functions, int functionSize)
    {
        HashSet<uint> starts = [];
        for (var at = 0; at < functions.Length; at += functionSize)
        {
            starts.Add(MemoryMarshal.Read<uint>(functions.AsSpan(at)));
        }

        List<byte> kept = new(lines.Length);
        (uint File, uint Line) last = default;
        for (var at = 0; at < lines.Length; at += lineSize)
        {
            var record = lines.AsSpan(at, lineSize);
            var named = (MemoryMarshal.Read<uint>(record[FileOffset..]), MemoryMarshal.Read<uint>(record[LineOffset..]) >> ColumnBits);
            if (named != last || starts.Contains(MemoryMarshal.Read<uint>(record)))
            {
                kept.AddRange(record);
                last = named;
            }
        }

        return [.. kept];
    }
}
