using System.Text;

namespace Netpol.Compiler.Bpf;

/// <summary>Strings one behind the other, each with a zero, as ELF and BTF keep them; offset 0 is the empty one, and each stands in it once.</summary>
public sealed class StringTable
{
    private readonly Dictionary<string, uint> _offsets = new(StringComparer.Ordinal) { [""] = 0 };
    private readonly List<byte> _bytes = [0];

    public StringTable()
    {
    }

    /// <summary>Goes on from a table, whose offsets stay.</summary>
    public StringTable(ReadOnlySpan<byte> table)
    {
        _bytes = [.. table];
        for (var start = 0; start < table.Length;)
        {
            var length = table[start..].IndexOf((byte)0) is >= 0 and var end ? end : table.Length - start;
            _offsets.TryAdd(Encoding.UTF8.GetString(table.Slice(start, length)), (uint)start);
            start += length + 1;
        }
    }

    /// <summary>The offset of the string, which is in the table from now on.</summary>
    public uint Add(string text)
    {
        if (!_offsets.TryGetValue(text, out var offset))
        {
            offset = (uint)_bytes.Count;
            _offsets.Add(text, offset);
            _bytes.AddRange(Encoding.UTF8.GetBytes(text));
            _bytes.Add(0);
        }

        return offset;
    }

    public byte[] ToArray() => [.. _bytes];
}
