using System.Diagnostics;

namespace Netpol.Loader.Tables;

/// <summary>The time as programs keep it: CLOCK_MONOTONIC, which <see cref="Stopwatch"/> reads too, in units of 2^30 ns.</summary>
internal static class DatapathClock
{
    private const int UnitBits = 30;
    private const long NanosecondsPerSecond = 1_000_000_000;

    internal static uint Now => (uint)(Stopwatch.GetTimestamp() >> UnitBits);

    /// <summary><c>SECONDS</c> of conntrack.h: never less than so many seconds.</summary>
    internal static uint Units(int seconds) => (uint)(seconds * NanosecondsPerSecond >> UnitBits) + 1;

    /// <summary>Times count up, and around.</summary>
    internal static bool IsPast(uint time) => (int)(time - Now) < 0;
}
