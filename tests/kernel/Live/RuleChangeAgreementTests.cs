using System.Globalization;
using Netpol.Semantics;
using Netpol.Tests.Kernel.Agreement;
using Netpol.Toolchain;
using Xunit.Abstractions;

namespace Netpol.Tests.Kernel.Live;

/// <summary>Rules that change in place: after each change the kernel judges as the evaluator does, and the tables are those that a load makes.</summary>
public sealed class RuleChangeAgreementTests(ITestOutputHelper output)
{
    private const int Models = 10, Edits = 20, PacketsOfEdit = 80;

    [Fact]
    public void Changed_rules_judge_as_the_evaluator_does_and_leave_the_tables_that_a_load_makes()
    {
        // NETPOL_SEED repeats a run.
        var seed = int.TryParse(Environment.GetEnvironmentVariable("NETPOL_SEED"), CultureInfo.InvariantCulture, out var given)
            ? given
            : Random.Shared.Next();
        output.WriteLine($"seed {seed}");
        Random random = new(seed);
        var (changes, packets, byRule) = (0, 0, 0);

        for (var tries = 0; tries < Models; tries++)
        {
            var model = new RandomModel(random).Next();
            var universe = RandomUniverse.Next(random);
            using KernelWorld world = new(model, universe, isWhole: tries % 2 == 0, backend: BackendKind.C);
            if (!world.Manifest.Verdicts.AreTables)
            {
                continue;
            }

            TokenBuckets buckets = new();
            for (var edit = 0; edit < Edits; edit++)
            {
                var next = RuleEdits.Next(random, model);
                if (!world.TryChange(next))
                {
                    continue;
                }

                model = next;
                changes++;
                Assert.Equal(TableMeaning.Of(world.Whole()), TableMeaning.Of(world.Node.Maps));
                Evaluator evaluator = new(model);
                for (var packet = 0; packet < PacketsOfEdit; packet++)
                {
                    var trial = Trial.Next(random, universe);
                    var judgements = evaluator.JudgeAll(universe, trial.Flow, bucket => buckets.IsSpent(bucket, now: 0));
                    var outcome = world.Run(trial);
                    var disagreement = Comparison.Disagreement(world.Manifest, universe, trial, judgements, outcome);
                    Assert.True(disagreement is null, $"seed {seed}, model {tries}, edit {edit}: {trial.Packet}\n{disagreement}");
                    foreach (var paid in Comparison.Paid(world.Manifest, universe, trial, judgements, outcome))
                    {
                        buckets.Pay(paid, now: 0);
                    }

                    packets++;
                    byRule += outcome.Record.EgressRule != 0 || outcome.Record.IngressRule != 0 ? 1 : 0;
                }
            }
        }

        output.WriteLine($"{changes} changes, {packets} packets, {byRule} of them judged by a rule");
        Assert.True(changes > 40 && byRule > 200, $"{changes} changes, {byRule} verdicts by rules");
    }

    [Fact]
    public void Tables_that_changed_for_long_hold_no_more_than_new_ones()
    {
        Random random = new(7);
        for (var tries = 0; tries < 2;)
        {
            var first = new RandomModel(random).Next();
            using KernelWorld world = new(first, RandomUniverse.Next(random));
            if (!world.Manifest.Verdicts.AreTables || world.Live.Nodes == 0)
            {
                continue;
            }

            var nodes = world.Live.Nodes;
            var changes = 0;
            for (var edit = 0; edit < 30; edit++)
            {
                changes += world.TryChange(RuleEdits.Next(random, first)) ? 1 : 0;
            }

            tries += changes > 0 ? 1 : 0;
            Assert.True(world.TryChange(first));
            Assert.Equal(TableMeaning.Of(world.Whole()), TableMeaning.Of(world.Node.Maps));
            Assert.Equal(nodes, world.Live.Nodes);
        }
    }
}
