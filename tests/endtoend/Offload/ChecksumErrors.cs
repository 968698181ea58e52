using System.Globalization;

namespace Netpol.Tests.EndToEnd.Offload;

/// <summary>Packets whose wrong checksum a stack has met, by protocol.</summary>
internal static class ChecksumErrors
{
    /// <summary>Of the network namespace that the calling thread is in.</summary>
    public static IReadOnlyList<(string Name, long Value)> Read()
    {
        // In snmp a line of names stands above its line of values; in snmp6 each line is one counter.
        List<(string, long)> found = [];
        var lines = File.ReadAllLines("/proc/thread-self/net/snmp").Select(line => line.Split(' ')).ToArray();
        for (var i = 0; i + 1 < lines.Length; i += 2)
        {
            var column = Array.IndexOf(lines[i], "InCsumErrors");
            if (column > 0)
            {
                found.Add(($"{lines[i][0]}InCsumErrors", Number(lines[i + 1][column])));
            }
        }

        found.AddRange(File.ReadLines("/proc/thread-self/net/snmp6")
            .Select(line => line.Split((char[])[' ', '\t'], StringSplitOptions.RemoveEmptyEntries))
            .Where(words => words[0].EndsWith("InCsumErrors", StringComparison.Ordinal))
            .Select(words => (words[0], Number(words[1]))));
        return found;
    }

    private static long Number(string text) => long.Parse(text, CultureInfo.InvariantCulture);
}
