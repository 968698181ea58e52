using System.Globalization;
using System.Text;

namespace Netpol.Bench.Counting;

/// <summary>The counts for people.</summary>
internal static class CountText
{
    internal static string Of(IReadOnlyCollection<CaseCount> calls, IReadOnlyCollection<ProgramSize> sizes, IReadOnlyCollection<ContainerCost> containers)
    {
        StringBuilder text = new();
        text.AppendLine().AppendLine("case                             family   rules  look-ups  updates  tail calls  other calls");
        foreach (var count in calls)
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"{count.Case,-32} {"IPv" + count.Family,-6} {count.Rules,7} {count.Lookups,9} {count.Updates,8} {count.TailCalls,11} {count.OtherCalls,12}");
        }

        text.AppendLine().AppendLine("program                rules  instructions  JIT bytes  walked by the verifier");
        foreach (var size in sizes)
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"{size.Program,-20} {size.Rules,7} {size.Translated,13} {size.JitedBytes,10} {size.Verified,23}");
        }

        text.AppendLine().AppendLine("  rules  containers  kernel bytes each  JIT bytes each  loading each");
        foreach (var cost in containers)
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"{cost.Rules,7} {cost.Containers,11} {cost.KernelBytes,18} {cost.JitedBytes,15} {cost.LoadMilliseconds,10:0.0} ms{(cost.IsMissed ? "  missed" : "")}");
        }

        return text.ToString();
    }
}
