using System.Runtime.InteropServices;
using Netpol.Loader.Native;

namespace Netpol.Loader.Generations;

/// <summary>Waits until no processor runs a program that it began before: only then may an old generation's maps go.</summary>
internal static class Quiescence
{
    private const nint MembarrierGlobal = 1;

    private static readonly TimeSpan Substitute = TimeSpan.FromMilliseconds(100);

    internal static void Wait()
    {
        // MEMBARRIER_CMD_GLOBAL is synchronize_rcu() (kernel/sched/membarrier.c), and programs run under RCU.
        nint number = RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? 283 : 324;
        if (LibC.syscall(number, MembarrierGlobal, 0, 0) != 0)
        {
            // Refused on nohz_full kernels. No program runs this long.
            Thread.Sleep(Substitute);
        }
    }
}
