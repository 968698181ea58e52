namespace Netpol.Bench.Live;

/// <summary>How long changes took, in milliseconds.</summary>
internal sealed record Latency(int Count, double P50, double P99, double Max)
{
    internal static Latency Of(IEnumerable<TimeSpan> times)
    {
        double[] sorted = [.. times.Select(time => time.TotalMilliseconds).Order()];
        return sorted.Length == 0 ? new(0, 0, 0, 0) : new(sorted.Length, At(sorted, 0.5), At(sorted, 0.99), Math.Round(sorted[^1], 3));
    }

    /// <summary>The least that so large a part of them did not exceed.</summary>
    private static double At(double[] sorted, double part) => Math.Round(sorted[(int)Math.Ceiling(part * sorted.Length) - 1], 3);
}
