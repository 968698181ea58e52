using System.Text;
using Netpol.Lsp.Protocol;
using Netpol.Text;

namespace Netpol.Lsp.Workspace;

/// <summary>A file as the editor has it: its text overrides the one on the disk.</summary>
/// <param name="Uri">As the client wrote it.</param>
internal sealed record Document(string Uri, int? Version, string Text)
{
    private byte[]? _bytes;

    public ReadOnlyMemory<byte> Bytes => _bytes ??= Encoding.UTF8.GetBytes(Text);

    /// <summary>The text after changes, each of the text that the one before it left.</summary>
    public Document Changed(int? version, IEnumerable<ContentChange> changes)
    {
        var text = Text;
        foreach (var change in changes)
        {
            if (change.Range is not { } range)
            {
                text = change.Text;
                continue;
            }

            var source = new SourceFile("", text);
            // A byte order mark is in the client's text and not in ours.
            var mark = text.Length - source.Text.Length;
            var span = Places.SpanOf(source, range);
            text = string.Concat(text.AsSpan(0, mark), source.Text.AsSpan(0, span.Start), change.Text, source.Text.AsSpan(span.End));
        }

        return new Document(Uri, version, text);
    }
}
