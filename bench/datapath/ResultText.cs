using System.Globalization;
using System.Text;

namespace Netpol.Bench;

/// <summary>The result for people.</summary>
internal static class ResultText
{
    internal static string Of(IEnumerable<Row> rows)
    {
        StringBuilder text = new();
        text.AppendLine("case                             family  flows   rules  prefixes       ns  x floor      bar");
        foreach (var row in rows)
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"{row.Case,-32} {"IPv" + row.Family,-6} {row.Flows,6} {row.Rules,7} {row.Prefixes,9} {row.Ns,8:0.0} {row.Ratio,8:0.00} {Bar(row),8}");
        }

        text.AppendLine("x floor: to the IPv4 floor of the same run and flows, for IPv6 too. The test loop and the driver are in every figure.");
        text.AppendLine("lookup: the floor with a table of the datapath's size. IPv6's bar is 1.25 times what the same case took with IPv4.");
        return text.ToString();
    }

    private static string Bar(Row row) => row.Bar is not { } bar
        ? ""
        : string.Create(CultureInfo.InvariantCulture, $"{bar:0.00} {(row.IsMissed ? "MISSED" : "met")}");
}
