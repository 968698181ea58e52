using System.Runtime.InteropServices;
using Netpol.Loader.Native;

namespace Netpol.Loader.State;

/// <summary>
/// One file, read whole and written whole: a process killed at any instant leaves the old content or the new. By system calls as they are,
/// because an attachment waits for each: the framework locks what it opens and empties what it writes, and ext4 starts writing to the
/// disk when a file that was emptied is closed, and when one is renamed over another (fs/ext4, ext4_alloc_da_blocks).
/// </summary>
internal static unsafe class StateFile
{
    internal const string DraftSuffix = ".new";

    private const uint Mode = 0b110_110_110;
    private const int FirstRead = 4 << 10;

    /// <summary>
    /// What one call writes whole or not at all: the kernel looks for a signal that kills only between two pages (mm/filemap.c,
    /// generic_perform_write).
    /// </summary>
    private const int LongestAtomicWrite = 4 << 10;

    /// <summary>
    /// Records have whole lengths of this, so that most are written over the last one's without changing the file. Also, the parser then
    /// borrows its two buffers from different shelves of the shared pool; the second of one shelf has the pool measure the processors.
    /// </summary>
    private const int RecordUnit = 1 << 10;

    /// <summary>
    /// Null where there is none, or nothing in it: that is what a power loss makes of a file that was never synced. There is no datapath
    /// after one either.
    /// </summary>
    /// <exception cref="IOException">It is there and cannot be read.</exception>
    internal static byte[]? TryRead(string path)
    {
        using var file = new DescriptorHandle(LibC.open(path, LibC.O_RDONLY | LibC.O_CLOEXEC, 0));
        if (file.IsInvalid)
        {
            return Marshal.GetLastPInvokeError() == KernelException.ENOENT ? null : throw Failure();
        }

        var content = new byte[FirstRead];
        var length = 0;
        while (Read(file, content.AsSpan(length)) is var count and > 0)
        {
            length += count;
            if (length == content.Length)
            {
                Array.Resize(ref content, length * 2);
            }
        }

        return length == 0 ? null : content[..length];
    }

    /// <summary>JSON, in place where one call can do it: blanks fill it up.</summary>
    /// <exception cref="IOException">The old content is still there.</exception>
    internal static void WriteRecord(string path, ReadOnlySpan<byte> json)
    {
        using (var file = Open(path, LibC.O_WRONLY | LibC.O_CREAT))
        {
            var length = Math.Max((json.Length + RecordUnit - 1) / RecordUnit * RecordUnit, (int)LibC.lseek(file, 0, LibC.SEEK_END));
            if (length <= LongestAtomicWrite)
            {
                Span<byte> content = stackalloc byte[length];
                json.CopyTo(content);
                content[json.Length..].Fill((byte)' ');
                Write(file, content, 0);
                return;
            }
        }

        Replace(path, json);
    }

    /// <summary>Written beside its place, then put in it.</summary>
    /// <exception cref="IOException">The old content is still there.</exception>
    internal static void Replace(string path, ReadOnlySpan<byte> content)
    {
        var draft = path + DraftSuffix;
        using (var file = Open(draft, LibC.O_WRONLY | LibC.O_CREAT | LibC.O_TRUNC))
        {
            for (var at = 0; at < content.Length;)
            {
                at += Write(file, content[at..], at);
            }
        }

        if (LibC.rename(draft, path) != 0)
        {
            throw Failure();
        }
    }

    /// <summary>The start of a file that is there, in one call.</summary>
    /// <param name="head">Of one page at most.</param>
    internal static void WriteHead(string path, ReadOnlySpan<byte> head)
    {
        using var file = Open(path, LibC.O_WRONLY);
        Write(file, head, 0);
    }

    private static DescriptorHandle Open(string path, int flags)
    {
        DescriptorHandle file = new(LibC.open(path, flags | LibC.O_CLOEXEC, Mode));
        return file.IsInvalid ? throw Failure() : file;
    }

    private static int Write(DescriptorHandle file, ReadOnlySpan<byte> content, int at)
    {
        fixed (byte* bytes = content)
        {
            var count = LibC.pwrite(file, bytes, (nuint)content.Length, at);
            return count > 0 ? (int)count : throw Failure();
        }
    }

    private static int Read(DescriptorHandle file, Span<byte> rest)
    {
        fixed (byte* bytes = rest)
        {
            var count = LibC.read(file, bytes, (nuint)rest.Length);
            return count >= 0 ? (int)count : throw Failure();
        }
    }

    private static IOException Failure() => new(Marshal.GetLastPInvokeErrorMessage());
}
