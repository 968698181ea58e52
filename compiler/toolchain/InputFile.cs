using System.Runtime.InteropServices;

namespace Netpol.Toolchain;

/// <summary>A file that a person names: read whole, in bounded memory and time, or refused with the reason.</summary>
public static partial class InputFile
{
    /// <summary>Nobody writes this much by hand; it keeps a slip such as a disk image or a device from filling the memory.</summary>
    private const long Largest = 64 * 1024 * 1024;

    private const int CurrentFolder = -100;   // AT_FDCWD
    private const uint TypeOnly = 1;          // STATX_TYPE
    private const int SizeOfStatx = 256, ModeInStatx = 28;
    private const int TypeMask = 0xF000, NamedPipe = 0x1000, Regular = 0x8000;

    /// <returns>Null where it cannot be read.</returns>
    /// <param name="path">Absolute.</param>
    /// <param name="problem">Why it cannot, as the end of a sentence: <c>there is no such file</c>.</param>
    public static byte[]? Read(string path, out string problem)
    {
        problem = "";
        try
        {
            if (Directory.Exists(path))
            {
                problem = "it is a folder; name the files in it";
                return null;
            }

            // Opening one waits for a writer, who may never come. What a shell makes of `<(…)` has one: it is below /dev.
            if (TypeOf(path) == NamedPipe && !path.StartsWith("/dev/", StringComparison.Ordinal) && !path.StartsWith("/proc/", StringComparison.Ordinal))
            {
                problem = "it is a named pipe, no file";
                return null;
            }

            return ReadOpened(path, out problem);
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            problem = "there is no such file";
        }
        catch (UnauthorizedAccessException)
        {
            problem = "it may not be read";
        }
        catch (IOException exception)
        {
            problem = exception.Message.TrimEnd('.');
        }

        return null;
    }

    /// <summary>Is there something other than a file, such as a device? It must not be replaced by one.</summary>
    public static bool IsSpecial(string path) => TypeOf(path) is not (0 or Regular);

    private static byte[]? ReadOpened(string path, out string problem)
    {
        problem = "";
        // Devices say nothing of their length and may never end: it is what is read that counts.
        using var file = File.OpenRead(path);
        using var buffer = new MemoryStream();
        var chunk = new byte[64 * 1024];
        for (int count; (count = file.Read(chunk)) > 0;)
        {
            buffer.Write(chunk, 0, count);
            if (buffer.Length > Largest)
            {
                problem = "it is larger than 64 MiB";
                return null;
            }
        }

        return buffer.ToArray();
    }

    /// <summary>The type bits of the mode, links followed; 0 where there is nothing.</summary>
    private static int TypeOf(string path)
    {
        // struct statx of linux/stat.h: the same on every architecture; stx_mode is the 16 bits at 28.
        Span<byte> status = stackalloc byte[SizeOfStatx];
        return Statx(CurrentFolder, path, 0, TypeOnly, status) == 0
            ? BitConverter.ToUInt16(status[ModeInStatx..]) & TypeMask
            : 0;
    }

    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Statx(int folder, string path, int flags, uint mask, Span<byte> status);
}
