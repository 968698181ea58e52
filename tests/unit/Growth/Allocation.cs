namespace Netpol.Tests.Unit.Growth;

/// <summary>What a piece of work allocates: a measure of work that is the same on a slow machine as on a fast one.</summary>
internal static class Allocation
{
    public static long Of(Action work)
    {
        // The first time fills tables that stay.
        work();
        var before = GC.GetAllocatedBytesForCurrentThread();
        work();
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }
}
