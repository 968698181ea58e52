using Netpol.Text;

namespace Netpol.Tests.Support;

/// <summary>A source with one span marked by <c>[|</c> and <c>|]</c>, so that text and span are one literal.</summary>
public static class MarkedText
{
    public const string Path = "test.netpol";

    public static (SourceFile Source, TextSpan Span) Parse(string marked)
    {
        var start = marked.IndexOf("[|", StringComparison.Ordinal);
        var end = marked.IndexOf("|]", StringComparison.Ordinal);
        if (start < 0 || end < start)
        {
            throw new FormatException($"no marked span in: {marked}");
        }

        return (
            new SourceFile(Path, marked.Remove(end, 2).Remove(start, 2)),
            TextSpan.FromBounds(start, end - 2));
    }
}
