using System.Runtime.InteropServices;

namespace Netpol.Bench;

/// <summary>Where the calling thread runs, and how long it has.</summary>
internal static unsafe partial class Processor
{
    private const int ThreadTime = 3;

    /// <summary>Keeps the thread on the processor that it is on: per-CPU records and caches are then the same in every run.</summary>
    internal static void Stay()
    {
        var mask = stackalloc byte[128];
        new Span<byte>(mask, 128).Clear();
        var processor = sched_getcpu();
        mask[processor / 8] = (byte)(1 << processor % 8);
        if (sched_setaffinity(0, 128, mask) != 0)
        {
            throw new BenchException("cannot stay on one processor");
        }
    }

    internal static int Current => sched_getcpu();

    /// <summary>CPU time of this thread, the kernel's share for it included; waiting for the processor is not in it.</summary>
    internal static double Nanoseconds()
    {
        var time = stackalloc nint[2];
        _ = clock_gettime(ThreadTime, time);
        return (time[0] * 1e9) + time[1];
    }

    [LibraryImport("libc")]
    private static partial int sched_getcpu();

    [LibraryImport("libc")]
    private static partial int sched_setaffinity(int thread, nuint size, byte* mask);

    [LibraryImport("libc")]
    private static partial int clock_gettime(int clock, nint* time);
}
