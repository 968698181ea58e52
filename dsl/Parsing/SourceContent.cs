using System.Collections.Immutable;

namespace Netpol.Parsing;

/// <summary>What a host finds at a path.</summary>
public abstract record SourceContent
{
    private SourceContent()
    {
    }

    /// <summary>A file's bytes; UTF-8 is expected and checked later.</summary>
    public sealed record File(ReadOnlyMemory<byte> Bytes) : SourceContent;

    /// <summary>A folder with the names (not paths) of the files in it.</summary>
    public sealed record Folder(ImmutableArray<string> Names) : SourceContent;

    /// <param name="Reason">In a few lower-case words, such as "no such file".</param>
    public sealed record Unreadable(string Reason) : SourceContent;
}
