using System.Buffers.Binary;

namespace Netpol.Loader.State;

/// <summary>
/// The records of a file that is appended to: each is its whole length in four bytes, a byte that its owner gives meaning, and content. One that a
/// killed process did not write whole is none.
/// </summary>
internal static class GrowingRecords
{
    /// <summary>Of a record, before its content.</summary>
    internal const int HeadLength = sizeof(int) + 1;

    /// <summary>Where in a record its byte stands.</summary>
    internal const int ByteOffset = sizeof(int);

    /// <summary>The content of a file, or nothing where there is none yet.</summary>
    internal static byte[] ReadFile(string path) => File.Exists(path) ? File.ReadAllBytes(path) : [];

    /// <summary>Start and end of each whole record, in order.</summary>
    internal static IEnumerable<(int Start, int End)> In(byte[] file)
    {
        var at = 0;
        while (at + HeadLength <= file.Length)
        {
            var length = BinaryPrimitives.ReadInt32LittleEndian(file.AsSpan(at));
            if (length < HeadLength || at + length > file.Length)
            {
                yield break;
            }

            yield return (at, at + length);
            at += length;
        }
    }
}
