using System.Runtime.InteropServices;

namespace Netpol.Bench;

/// <summary>Where the calling thread runs, and how long it has.</summary>
internal static unsafe partial class Processor
{
    private const int ThreadTime = 3;
    private const int MaskSize = 128;

    /// <summary>Keeps the thread on the processor that it is on: per-CPU records and caches are then the same in every run.</summary>
    internal static void Stay() => StayOn(sched_getcpu());

    /// <summary>Puts the thread on any processor again.</summary>
    internal static void Leave()
    {
        var mask = stackalloc byte[MaskSize];
        new Span<byte>(mask, MaskSize).Fill(byte.MaxValue);
        _ = sched_setaffinity(0, MaskSize, mask);
    }

    internal static void StayOn(int processor)
    {
        var mask = stackalloc byte[MaskSize];
        new Span<byte>(mask, MaskSize).Clear();
        mask[processor / 8] = (byte)(1 << processor % 8);
        if (sched_setaffinity(0, MaskSize, mask) != 0)
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
