using System.Globalization;
using System.Text;

namespace Netpol.Bench.Counting;

/// <summary>The counts for people.</summary>
internal static class CountText
{
    internal static string Of(IReadOnlyCollection<CaseCount> calls, IReadOnlyCollection<ProgramSize> sizes)
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

        return text.ToString();
    }
}
