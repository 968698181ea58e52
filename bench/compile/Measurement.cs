namespace Netpol.Bench.Compile;

/// <summary>What one stage or process takes at one size, in the median.</summary>
/// <param name="Kilobytes">Of a stage what it allocated in total, of a process its peak.</param>
/// <param name="Refusal">The first line of a process that failed; null of one that did its work.</param>
internal sealed record Measurement(
    string What, bool IsStage, int Rules, double Milliseconds, double Kilobytes, string? Refusal);
