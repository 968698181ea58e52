using System.Text;

namespace Netpol.Toolchain;

/// <summary>Gives a source another text, in one step: who reads it sees the old text or the new one.</summary>
public static class SourceWriter
{
    private static readonly byte[] ByteOrderMark = [0xEF, 0xBB, 0xBF];

    /// <summary>A byte order mark, the mode, and a link to the file stay.</summary>
    /// <returns>Why it cannot be written, as the end of a sentence; null where it was.</returns>
    /// <param name="path">Absolute.</param>
    /// <param name="before">The text that the new one was made from, as it was decoded: another by now is left alone.</param>
    /// <param name="after">Without byte order mark.</param>
    public static string? Replace(string path, string before, string after)
    {
        if (InputFile.IsSpecial(path))
        {
            return "it is no file";
        }

        try
        {
            var target = File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName ?? path;
            var bytes = File.ReadAllBytes(target);
            var hasMark = bytes.AsSpan().StartsWith(ByteOrderMark);
            if (Encoding.UTF8.GetString(bytes.AsSpan(hasMark ? ByteOrderMark.Length : 0)) != before)
            {
                return "it has changed meanwhile";
            }

            var draft = Path.Combine(Path.GetDirectoryName(target) ?? "/", $".{Path.GetFileName(target)}.{Guid.NewGuid():N}");
            try
            {
                File.WriteAllBytes(draft, [.. hasMark ? ByteOrderMark : [], .. Encoding.UTF8.GetBytes(after)]);
#pragma warning disable CA1416 // Nothing here runs anywhere but on Linux.
                File.SetUnixFileMode(draft, File.GetUnixFileMode(target));
#pragma warning restore CA1416
                File.Move(draft, target, overwrite: true);
            }
            finally
            {
                File.Delete(draft);
            }

            return null;
        }
        catch (UnauthorizedAccessException)
        {
            return "it may not be written";
        }
        catch (IOException exception)
        {
            return exception.Message.TrimEnd('.');
        }
    }
}
