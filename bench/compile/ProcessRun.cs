using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Netpol.Bench.Compile;

/// <summary>
/// One program run to its end: how long it took, and the most memory that it or a program it ran had at once. The kernel
/// keeps that number for all children of a process together, so a measuring process runs one program only.
/// </summary>
internal static partial class ProcessRun
{
    private const int Children = -1;   // RUSAGE_CHILDREN
    private const int SizeOfUsage = 144, PeakInUsage = 32;   // struct rusage of linux/resource.h: ru_maxrss follows two timevals

    /// <returns>Exit code, milliseconds, kilobytes, and the first line that it wrote.</returns>
    public static (int ExitCode, double Milliseconds, long PeakKilobytes, string Line) Run(string program, IEnumerable<string> arguments)
    {
        var started = Stopwatch.GetTimestamp();
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })
            ?? throw new InvalidOperationException($"{program} does not start");
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        var elapsed = Stopwatch.GetElapsedTime(started);
        Span<byte> usage = stackalloc byte[SizeOfUsage];
        var peak = Usage(Children, usage) == 0 ? BitConverter.ToInt64(usage[PeakInUsage..]) : 0;
        var all = errors.Result + output;
        return (process.ExitCode, elapsed.TotalMilliseconds, peak, all.Split('\n')[0]);
    }

    [LibraryImport("libc", EntryPoint = "getrusage")]
    private static partial int Usage(int who, Span<byte> usage);
}
