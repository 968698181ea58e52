using System.Globalization;
using System.Text;
using Netpol.Compiler.Compilation;
using Netpol.Compiler.Ir;
using Netpol.Compiler.Lowering;
using Netpol.Model;
using Netpol.Semantics;
using Netpol.Testing.Packets;
using Netpol.Tests.Kernel.Datapath;
using Netpol.Toolchain;
using Xunit.Abstractions;
using Evaluator = Netpol.Semantics.Evaluator;

namespace Netpol.Tests.Kernel.Agreement;

/// <summary>The reference evaluator and the running kernel give every packet the same verdict, reason, rule and backend.</summary>
public sealed class AgreementTests(ITestOutputHelper output)
{
    private const int Models = 18, PacketsPerModel = 1_500;

    [Fact]
    public void Evaluator_and_kernel_agree_on_every_packet() => Routes.Run(Agree);

    private void Agree()
    {
        // NETPOL_SEED repeats a run.
        var seed = int.TryParse(Environment.GetEnvironmentVariable("NETPOL_SEED"), CultureInfo.InvariantCulture, out var given)
            ? given
            : Random.Shared.Next();
        output.WriteLine($"seed {seed}");
        Random random = new(seed);
        Dictionary<string, int> ways = [];
        var (affine, byTable) = (0, 0);

        for (var i = 0; i < Models; i++)
        {
            var model = new RandomModel(random).Next(hasTiers: i % 2 == 0);
            var universe = RandomUniverse.Next(random);
            // Verdicts from tables, made at once or class by class, and from code; each by both backends.
            using KernelWorld world = new(
                model, universe, i % 3 == 2 ? VerdictChoice.Code : VerdictChoice.Auto, isWhole: i % 3 == 0, (BackendKind)(i / 3 % 2));
            Evaluator evaluator = new(model);
            TokenBuckets buckets = new();
            BackendChoice choice = new(model);
            for (var packet = 0; packet < PacketsPerModel; packet++)
            {
                var trial = Trial.Next(random, universe, model.Services);
                // What pays is tried again, until the bucket is empty and once more.
                for (var isPaid = true; isPaid;)
                {
                    var judgements = choice.Narrow(trial, evaluator.JudgeAll(universe, trial.Flow, bucket => buckets.IsSpent(bucket, now: 0)));
                    var outcome = world.Run(trial);
                    if (Comparison.Disagreement(world.Manifest, universe, trial, judgements, outcome) is { } disagreement)
                    {
                        Assert.Fail(Explain(seed, model, universe, trial, disagreement));
                    }

                    choice.Note(trial, judgements, outcome);
                    isPaid = false;
                    foreach (var paid in Comparison.Paid(world.Manifest, universe, trial, judgements, outcome))
                    {
                        buckets.Pay(paid, now: 0);
                        isPaid = true;
                    }

                    RequireReplies(world, universe, trial, outcome);
                    ways[$"{outcome.Exit} {outcome.Reason}"] = ways.GetValueOrDefault($"{outcome.Exit} {outcome.Reason}") + 1;
                }
            }

            affine += choice.Affine;
            byTable += choice.ByTable;
        }

        output.WriteLine($"{affine} backends known by affinity, {byTable} by a table");
        Assert.True(affine >= 20 && byTable >= 20, $"{affine} backends known by affinity, {byTable} by a table");
        foreach (var (way, count) in ways.OrderByDescending(way => way.Value))
        {
            output.WriteLine($"{count,7} {way}");
        }

        Assert.True(ways.Values.Sum() >= 20_000);
        // A run that only drops, or never meets a service, would agree about nothing.
        Assert.All(
            (string[])["Peer Rule", "Stack NotIsolated", "Drop DefaultDeny", "Drop Rule", "Stack Host", "Peer SameEndpoint", "Drop Source", "Reject ServicePort", "Reject Rule", "Drop Limit", "Straight Forwarded", "Drop ServiceSource"],
            way => Assert.True(ways.ContainsKey(way), $"no packet went the way `{way}`"));
    }

    /// <summary>What was allowed to a container of this node is answered, by packets and errors, whatever policy says of the way back.</summary>
    private static void RequireReplies(KernelWorld world, Universe universe, Trial trial, Outcome outcome)
    {
        if (outcome.Exit == Exit.Straight && trial.Packet.Fragment is null)
        {
            RequireReplyOfElsewhere(world, trial, outcome.Packet);
        }

        if (outcome.Exit != Exit.Peer || trial.Packet.Fragment is not null || !trial.Traffic.HasPorts)
        {
            return;
        }

        var seen = outcome.Packet;
        var receiver = universe.EndpointAt(Address.From(seen.Destination)) ?? throw new InvalidOperationException($"{seen} has no receiver");
        var reply = world.Node.Send(world.ContainerOf(receiver), seen.Reply(seen.Protocol == Packet.Sctp ? (byte)2 : (byte)(Packet.Syn | Packet.Ack)));
        var exit = !trial.ByUplink ? Exit.Peer : outcome.Record.Service != 0 ? Exit.Straight : Exit.Stack;
        Assert.Equal((exit, Bundle.Reason.Established), reply.Way);
        Assert.Equal(
            (trial.Packet.Destination, trial.Packet.Source, trial.Packet.DestinationPort, trial.Packet.SourcePort),
            (reply.Packet.Source, reply.Packet.Destination, reply.Packet.SourcePort, reply.Packet.DestinationPort));
        var error = world.Node.Send(world.ContainerOf(receiver), Packet.Unreachable($"{seen.Destination}", seen));
        Assert.Equal((exit, Bundle.Reason.Related), error.Way);
        Assert.Equal((trial.Packet.Destination, trial.Packet.Source), (error.Packet.Source, error.Packet.Destination));
    }

    /// <summary>What was masqueraded comes back to this node, and goes from it to the client under the address that it asked.</summary>
    private static void RequireReplyOfElsewhere(KernelWorld world, Trial trial, Packet seen)
    {
        var reply = world.Node.Arrive(seen.Reply(seen.Protocol == Packet.Sctp ? (byte)2 : (byte)(Packet.Syn | Packet.Ack)));
        Assert.Equal((Exit.Straight, Bundle.Reason.Established), reply.Way);
        Assert.Equal(
            (trial.Packet.Destination, trial.Packet.Source, trial.Packet.DestinationPort, trial.Packet.SourcePort),
            (reply.Packet.Source, reply.Packet.Destination, reply.Packet.SourcePort, reply.Packet.DestinationPort));
    }

    private static string Explain(int seed, NetworkModel model, Universe universe, Trial trial, string disagreement)
    {
        var reduced = Reduction.Reduce(model, candidate => Disagree(candidate, universe, trial));
        StringBuilder text = new();
        text.AppendLine(CultureInfo.InvariantCulture, $"seed {seed}: {trial.Packet} {(trial.ByStack ? "to" : "from")} {trial.At} (node socket: {trial.IsFromNodeSocket})");
        text.AppendLine(disagreement);
        foreach (var endpoint in universe.Endpoints)
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"{endpoint} in {endpoint.Namespace}: {string.Join(' ', endpoint.Addresses)} {string.Join(' ', endpoint.Labels)} {string.Join(' ', endpoint.Ports)}");
        }

        return text.Append(IrPrinter.Print(ModelLowering.Lower(reduced))).ToString();
    }

    private static bool Disagree(NetworkModel model, Universe universe, Trial trial)
    {
        using KernelWorld world = new(model, universe);
        var judgements = new BackendChoice(model).Narrow(trial, new Evaluator(model).JudgeAll(universe, trial.Flow));
        return Comparison.Disagreement(world.Manifest, universe, trial, judgements, world.Run(trial)) is not null;
    }
}
