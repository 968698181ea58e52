using System.Globalization;
using Netpol.Loader;
using Netpol.Observe;
using Netpol.Testing.Packets;
using Netpol.Tests.Kernel.Loader;

namespace Netpol.Tests.Kernel.Live;

/// <summary>Rules that change in a process that runs for long: in place where they can, seen whole or not at all, killed or not.</summary>
public sealed class RuleChangeTests
{
    public enum Step
    {
        None,
        Prepared,
        Committed,
        Completed,
    }

    [Fact]
    public void A_change_of_a_rule_keeps_generation_and_programs_and_judges_running_connections_anew() => Scratch.Run(scratch =>
    {
        LiveWorld world = new(scratch, Text(80));
        using var live = LiveNode.Open(world.Paths);
        var data = Packet.TcpFrom(LiveWorld.Client, 41_000, LiveWorld.Server, 80, Packet.Ack);
        Assert.Equal(LiveWorld.Passed, world.Send(data with { Flags = Packet.Syn }));
        Assert.Equal(LiveWorld.Passed, world.Send(data));
        Assert.Equal(LiveWorld.Dropped, world.SendTo(LiveWorld.Server, 81));
        var program = Maps.ProgramId(world.Paths, "from_endpoint_programs", 1, 1);
        var next = world.Build(Text(81));

        var result = live.Apply(next.Manifest, next.Terms, () => throw new InvalidOperationException("no bundle is needed"));

        Assert.Equal((true, 1U, next.Manifest.Digest), (result.Changed, result.Generation, result.Digest));
        Assert.Equal(program, Maps.ProgramId(world.Paths, "from_endpoint_programs", 1, 1));
        Assert.Equal(LiveWorld.Dropped, world.Send(data));
        Assert.Equal(LiveWorld.Dropped, world.SendTo(LiveWorld.Server, 80, from: 41_001));
        Assert.Equal(LiveWorld.Passed, world.SendTo(LiveWorld.Server, 81, from: 41_002));
        world.RequireTablesOfALoad();
        Assert.False(live.Apply(next.Manifest, next.Terms, () => throw new InvalidOperationException("it is in charge")).Changed);
    });

    [Fact]
    public void Events_from_before_a_change_name_the_rule_as_it_was_and_counts_of_what_did_not_change_go_on() => Scratch.Run(scratch =>
    {
        LiveWorld world = new(scratch, Text(80));
        using var live = LiveNode.Open(world.Paths);
        _ = world.SendTo(LiveWorld.Server, 80, from: 42_000);
        var next = world.Build(Text(81));
        _ = live.Apply(next.Manifest, next.Terms, () => "");
        _ = world.SendTo(LiveWorld.Server, 81, from: 42_001);

        using var reader = EventReader.Open(world.Paths);
        var texts = reader.Read().Select(observation => observation.RuleText);
        using var node = Node.Open(world.Paths);

        Assert.Equal(["allow from client on 80/tcp log", "allow from client on 81/tcp log"], texts);
        Assert.Equal(next.Manifest.Digest, node.Manifest?.Digest);
        var counts = node.Counters().Rules.ToDictionary(count => count.Rule?.Text ?? "", count => count.Verdicts);
        Assert.Equal((1UL, 2UL), (counts["allow from client on 81/tcp log"], counts["allow to server"]));
    });

    [Fact]
    public void Digests_are_made_when_packets_are_judged_by_the_rules_already() => Scratch.Run(scratch =>
    {
        LiveWorld world = new(scratch, Text(80));
        using var live = LiveNode.Open(world.Paths);
        live.Prepare();
        var next = world.Build(Text(81));
        var seals = new List<string>();

        var result = live.Apply(
            Unsealed(next.Manifest), next.Terms, () => throw new InvalidOperationException("no bundle is needed"),
            seal: () =>
            {
                seals.Add(world.SendTo(LiveWorld.Server, 81) + " " + world.SendTo(LiveWorld.Server, 80));
                return next.Manifest;
            });

        Assert.Equal([$"{LiveWorld.Passed} {LiveWorld.Dropped}"], seals);
        Assert.Equal((true, 1U, next.Manifest.Digest), (result.Changed, result.Generation, result.Digest));
        using (var node = Node.Open(world.Paths))
        {
            Assert.Equal(next.Manifest.Digest, node.Status().Digest);
            Assert.Equal((next.Manifest.Digest, next.Manifest.Verdicts.Digest), (node.Manifest?.Digest, node.Manifest?.Verdicts.Digest));
        }

        // The same again is the same by its digest alone.
        Assert.False(live.Apply(
            Unsealed(next.Manifest), next.Terms, () => throw new InvalidOperationException("it is in charge"), seal: () => next.Manifest).Changed);
        world.RequireTablesOfALoad();
    });

    [Fact]
    public void What_the_bundles_folder_held_before_is_not_loaded_again() => Scratch.Run(scratch =>
    {
        LiveWorld world = new(scratch, Text(80));
        using var live = LiveNode.Open(world.Paths);
        var (former, next, third) = (world.Build(Text(80)), world.Build(Text(81)), world.Build(Text(82)));
        var folder = Path.Combine(scratch.Folder, "kept");
        Copy(former.Folder, folder);

        Assert.True(live.Apply(
            Unsealed(next.Manifest), next.Terms, () => throw new InvalidOperationException("no bundle is needed"), folder, () => next.Manifest).Changed);
        // As an attachment does that finds the folder not written yet, then written, then with news.
        var isLoaded = new List<bool>();
        foreach (var content in new[] { null, next.Folder, third.Folder })
        {
            if (content is not null)
            {
                Copy(content, folder);
            }

            using var node = Node.Open(world.Paths);
            isLoaded.Add(node.Apply(folder).Changed);
        }

        Assert.Equal([false, false, true], isLoaded);
        Assert.Equal(LiveWorld.Passed, world.SendTo(LiveWorld.Server, 82));
    });

    private static void Copy(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (var file in Directory.EnumerateFiles(from))
        {
            File.Copy(file, Path.Combine(to, Path.GetFileName(file)), overwrite: true);
            File.SetLastWriteTimeUtc(Path.Combine(to, Path.GetFileName(file)), File.GetLastWriteTimeUtc(file).AddTicks(1));
        }
    }

    [Fact]
    public void What_is_more_than_rules_is_loaded_whole() => Scratch.Run(scratch =>
    {
        LiveWorld world = new(scratch, Text(80));
        using var live = LiveNode.Open(world.Paths);
        var next = world.Build(Text(81) + "\npolicy other for pods where app == \"other\" { ingress { allow from client on 80/tcp } }");

        var result = live.Apply(next.Manifest, next.Terms, () => next.Folder);

        Assert.Equal((true, 2U), (result.Changed, result.Generation));
        Assert.Equal(LiveWorld.Passed, world.SendTo(LiveWorld.Server, 81));
        // And in place again, in the new generation.
        var third = world.Build(Text(82) + "\npolicy other for pods where app == \"other\" { ingress { allow from client on 80/tcp } }");
        Assert.Equal(2U, live.Apply(third.Manifest, third.Terms, () => throw new InvalidOperationException("no bundle is needed")).Generation);
        Assert.Equal(LiveWorld.Passed, world.SendTo(LiveWorld.Server, 82));
    });

    [Theory]
    [InlineData(Step.None, true)]
    [InlineData(Step.Prepared, true)]
    [InlineData(Step.Committed, true)]
    [InlineData(Step.Completed, true)]
    [InlineData(Step.Prepared, false)]
    [InlineData(Step.Committed, false)]
    [InlineData(Step.Completed, false)]
    public void A_process_killed_at_any_step_leaves_the_old_rules_or_the_new(Step last, bool isSealed) => Scratch.Run(scratch =>
    {
        LiveWorld world = new(scratch, Text(80));
        using var live = LiveNode.Open(world.Paths);
        var former = world.Build(Text(80));
        var next = world.Build(Text(81));
        var change = live.TryBegin(isSealed ? next.Manifest : Unsealed(next.Manifest), next.Terms, seal: isSealed ? null : () => next.Manifest) ?? throw new InvalidOperationException("it is more than rules");
        (Step, Action)[] steps = [(Step.Prepared, change.Prepare), (Step.Committed, change.Commit), (Step.Completed, change.Complete)];
        foreach (var (step, deed) in steps.Where(each => each.Item1 <= last))
        {
            deed();
            var isNew = step >= Step.Committed;
            Assert.Equal(isNew ? LiveWorld.Dropped : LiveWorld.Passed, world.SendTo(LiveWorld.Server, 80, from: (ushort)(43_000 + step)));
            Assert.Equal(isNew ? LiveWorld.Passed : LiveWorld.Dropped, world.SendTo(LiveWorld.Server, 81, from: (ushort)(43_000 + step)));
        }

        // What was made is dropped with the process; the next one finds the node so.
        var (expected, port) = last >= Step.Committed ? (next, 81) : (former, 80);
        using (var node = Node.Open(world.Paths))
        {
            Assert.Equal(expected.Manifest.Digest, node.Status().Digest);
            Assert.Equal(expected.Manifest.Rules.Select(rule => rule.Text), node.Manifest?.Rules.Select(rule => rule.Text) ?? []);
            Assert.Empty(node.Check("client", "eth0"));
        }

        world.RequireTablesOfALoad();
        Assert.Equal(LiveWorld.Passed, world.SendTo(LiveWorld.Server, (ushort)port, from: 44_000));
        Assert.Equal(LiveWorld.Dropped, world.SendTo(LiveWorld.Server, (ushort)(161 - port), from: 44_000));
        Assert.False(world.State.IsRevising(1));
        Assert.Equal(last >= Step.Committed ? 1 : 0, world.State.Revisions(1).Length);

        // Another process begins where that one was killed.
        using var other = LiveNode.Open(world.Paths);
        var third = world.Build(Text(82));
        Assert.True(other.Apply(third.Manifest, third.Terms, () => throw new InvalidOperationException("no bundle is needed")).Changed);
        Assert.Equal(LiveWorld.Passed, world.SendTo(LiveWorld.Server, 82, from: 44_001));
        world.RequireTablesOfALoad();
    });

    [Fact]
    public void Many_changes_leave_few_files_and_no_more_nodes() => Scratch.Run(scratch =>
    {
        LiveWorld world = new(scratch, Text(80));
        using var live = LiveNode.Open(world.Paths);
        (string, Netpol.Bundle.Manifest Manifest, Netpol.Bundle.Verdicts.VerdictTerms Terms)[] two = [world.Build(Text(80)), world.Build(Text(81))];
        var first = live.Settle();
        for (var change = 1; change <= 40; change++)
        {
            var next = two[change % 2];
            Assert.True(live.Apply(next.Manifest, next.Terms, () => throw new InvalidOperationException("no bundle is needed")).Changed);
        }

        Assert.Equal(first, live.Settle());
        Assert.Equal(8, world.State.Revisions(1).Length);
        Assert.Single(Directory.EnumerateFiles(Path.Combine(world.Paths.State, "generations", "1"), "verdicts-*"));
    });

    private static Netpol.Bundle.Manifest Unsealed(Netpol.Bundle.Manifest manifest) =>
        manifest with { Digest = "", Verdicts = manifest.Verdicts with { Digest = "" } };

    private static string Text(int port) => string.Create(CultureInfo.InvariantCulture, $$"""
        group client = pods where app == "client"
        group server = pods where app == "server"
        policy client for client { egress { allow to server } }
        policy server for server { ingress { allow from client on {{port}}/tcp log } }
        """);
}
