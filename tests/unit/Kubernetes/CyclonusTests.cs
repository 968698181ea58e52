using Netpol.Semantics;
using Netpol.Tests.Support.Kubernetes;
using Netpol.Text;
using Xunit.Abstractions;

namespace Netpol.Tests.Unit.Kubernetes;

public sealed class CyclonusTests(ITestOutputHelper output)
{
    private const int Steps = 256;
    private const int Cells = 124_884;

    /// <summary>Of the cells, those of a pod to itself: the simulator asks policy there, Kubernetes does not.</summary>
    private const int DiagonalCells = 13_848;

    [Fact]
    public void Every_step_of_the_generated_tables_imports_and_gives_the_expected_cells()
    {
        if (Corpora.Folder("cyclonus/generated-tables", output) is not { } folder)
        {
            return;
        }

        var (steps, cells, diagonal) = (0, 0, 0);
        var mistakes = new List<string>();
        foreach (var table in CyclonusTable.ReadAll(folder))
        {
            var evaluator = new Evaluator(Imported.Of(new SourceFile($"{table.Name}.yaml", table.Manifest)).Model);
            steps++;
            foreach (var probe in table.Probes)
            {
                for (var row = 0; row < table.Order.Length; row++)
                {
                    for (var column = 0; column < table.Order.Length; column++)
                    {
                        cells++;
                        if (row == column)
                        {
                            diagonal++;
                            continue;
                        }

                        var flow = new Flow(table.Order[row].Addresses[0], table.Order[column].Addresses[0], probe.Traffic);
                        var judgement = evaluator.Judge(table.Universe, flow);
                        var seen = $"{Cell(judgement.Ingress.Verdict)}{Cell(judgement.Egress.Verdict)}{Cell(judgement.Verdict)}";
                        var expected = $"{probe.Ingress[row][column]}{probe.Egress[row][column]}{probe.Combined[row][column]}";
                        if (seen != expected)
                        {
                            mistakes.Add($"{table.Name}: {table.Order[row]} -> {table.Order[column]} {probe.Traffic}: {seen}, expected {expected}");
                        }
                    }
                }
            }
        }

        Assert.Equal((Steps, Cells), (steps, cells));
        Assert.True(mistakes.Count == 0, $"{mistakes.Count} cells differ, the first:\n{string.Join('\n', mistakes.Take(20))}");
        output.WriteLine($"{steps} steps, 3 x {cells} cells, {diagonal} of them on the diagonal");
        Assert.Equal(DiagonalCells, diagonal);
    }

    private static char Cell(Verdict verdict) => verdict == Verdict.Allow ? '.' : 'X';
}
