namespace Netpol.Bench.Compile;

/// <summary>What one stage took once.</summary>
internal sealed record StageTime(string Stage, double Milliseconds, long AllocatedBytes);
