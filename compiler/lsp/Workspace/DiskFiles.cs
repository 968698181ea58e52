using Netpol.Toolchain;

namespace Netpol.Lsp.Workspace;

/// <summary>Files that nobody has open, read once as long as they do not change.</summary>
internal sealed class DiskFiles
{
    private readonly Dictionary<string, (DateTime Written, long Length, byte[] Bytes)> _known = new(StringComparer.Ordinal);

    /// <returns>Null: it is no file that can be read.</returns>
    public byte[]? Read(string path)
    {
        try
        {
            var file = new FileInfo(path);
            if (!file.Exists)
            {
                _known.Remove(path);
                return null;
            }

            if (_known.TryGetValue(path, out var known) && known.Written == file.LastWriteTimeUtc && known.Length == file.Length)
            {
                return known.Bytes;
            }

            var (written, length) = (file.LastWriteTimeUtc, file.Length);
            if (InputFile.Read(path, out _) is { } bytes)
            {
                _known[path] = (written, length, bytes);
                return bytes;
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            _known.Remove(path);
        }

        return null;
    }
}
