using Netpol.Semantics;
using Netpol.Tests.Support.Kubernetes;
using Netpol.Text;
using Xunit.Abstractions;
using KernelVerdict = Netpol.Bundle.Verdict;

namespace Netpol.Tests.Kernel.Kubernetes;

/// <summary>Some steps of the cyclonus tables, imported, built and loaded; the unit tests hold the evaluator to all of them.</summary>
public sealed class CyclonusTests(ITestOutputHelper output)
{
    /// <param name="step">Which step of which case.</param>
    /// <param name="about">What its objects speak of, and why it is among these.</param>
    [Theory]
    [InlineData("case-007 step 1", "namespaceSelector")]
    [InlineData("case-022 step 1", "except")]
    [InlineData("case-032 step 1", "except")]
    [InlineData("case-134 step 1", "SCTP")]
    [InlineData("case-137 step 1", "serve-")]
    [InlineData("case-141 step 1", "serve-")]
    [InlineData("case-143 step 1", "endPort")]
    [InlineData("case-147 step 1", "SCTP")]
    [InlineData("case-193 step 1", "serve-")]
    [InlineData("case-212 step 1", "ipBlock")]
    [InlineData("case-215 step 1", "namespaceSelector")]
    [InlineData("case-229 step 1", "namespaceSelector")]
    public void A_step_of_the_generated_tables_decides_packets_as_expected(string step, string about)
    {
        if (Corpora.Folder("cyclonus/generated-tables", output) is not { } folder)
        {
            return;
        }

        var table = CyclonusTable.ReadCase(Path.Combine(folder, $"{step[..step.IndexOf(' ')]}.json")).Single(table => table.Name == step);
        Assert.Contains(about, table.Manifest);
        using ImportedWorld world = new(Imported.Of(new SourceFile($"{step}.yaml", table.Manifest)), table.Universe.Endpoints);

        List<string> mistakes = [];
        var refused = 0;
        foreach (var probe in table.Probes)
        {
            for (var row = 0; row < table.Order.Length; row++)
            {
                for (var column = 0; column < table.Order.Length; column++)
                {
                    // The tables ask policy even about a pod and itself; Kubernetes does not.
                    if (row == column)
                    {
                        continue;
                    }

                    var (source, destination) = (table.Order[row], table.Order[column]);
                    var seen = Cells(world, source, destination, probe.Traffic);
                    var expected = $"{probe.Ingress[row][column]}{probe.Egress[row][column]}{probe.Combined[row][column]}";
                    refused += expected[2] == 'X' ? 1 : 0;
                    if (seen != expected)
                    {
                        mistakes.Add($"{source} -> {destination} {probe.Traffic}: {seen}, expected {expected}");
                    }
                }
            }
        }

        output.WriteLine($"{refused} cells refuse");
        Assert.Empty(mistakes);
        Assert.InRange(refused, 1, table.Probes.Length * table.Order.Length * (table.Order.Length - 1) - 1);
    }

    /// <summary>Ingress as a packet of another node meets it, egress and both as one of this node does.</summary>
    private static string Cells(ImportedWorld world, Endpoint source, Endpoint destination, Traffic traffic)
    {
        var (from, to) = (source.Addresses[0], destination.Addresses[0]);
        var arriving = world.Send(null, from, destination, to, traffic);
        var leaving = world.Send(source, from, destination, to, traffic);
        return $"{Cell(ImportedWorld.Passes(arriving))}{Cell(leaving.Record.EgressVerdict == (byte)KernelVerdict.Allow)}{Cell(ImportedWorld.Passes(leaving))}";
    }

    private static char Cell(bool passes) => passes ? '.' : 'X';
}
