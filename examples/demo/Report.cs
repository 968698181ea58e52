using System.Globalization;
using Netpol.Lab.Traffic;
using Spectre.Console;

namespace Netpol.Demo;

/// <summary>What the demo prints.</summary>
internal static class Report
{
    public static void Print(IAnsiConsole console, IReadOnlyList<Row> rows)
    {
        var table = new Table().Border(TableBorder.Rounded)
            .AddColumns("Flow", "Expected", "Seen", "Decided by", "");
        foreach (var row in rows)
        {
            table.AddRow(Escaped(row.Flow.Title), Coloured(row.Expected.Word), Escaped(row.Seen), Escaped(row.Decided), Mark(row));
        }

        console.Write(table);
        console.MarkupLine(string.Create(
            CultureInfo.InvariantCulture, $"{rows.Count(row => row.IsRight)} of {rows.Count} flows as the policy says"));
    }

    /// <summary>The flows whose verdict the edit changed.</summary>
    public static void PrintDifference(IAnsiConsole console, IReadOnlyList<Row> before, IReadOnlyList<Row> after)
    {
        var table = new Table().Border(TableBorder.Rounded)
            .AddColumns("Flow", "Expected before", "after", "Seen before", "after", "Decided by", "");
        foreach (var (old, now) in before.Zip(after).Where(pair => pair.First.Expected.Word != pair.Second.Expected.Word))
        {
            table.AddRow(
                Escaped(now.Flow.Title), Coloured(old.Expected.Word), Coloured(now.Expected.Word), Escaped(old.Seen), Escaped(now.Seen),
                Escaped(now.Decided), Mark(now));
        }

        console.Write(table);
        console.MarkupLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{after.Count(row => row.IsRight)} of {after.Count} flows as the new policy says; the rest of them as before"));
    }

    private static string Coloured(string verdict) => verdict switch
    {
        "allow" => "[green]allow[/]",
        "reject" => "[yellow]reject[/]",
        _ => "[red]deny[/]",
    };

    private static string Mark(Row row) => row.IsRight ? "[green]✓[/]" : "[red]✗ mismatch[/]";

    private static string Escaped(string text) => Markup.Escape(text);

    private static string Escaped(ProbeResult seen) => Markup.Escape(seen.ToString());
}
