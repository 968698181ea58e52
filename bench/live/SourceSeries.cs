using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Netpol.Lab;
using Netpol.Loader.Native;

namespace Netpol.Bench.Live;

/// <summary>A text that <c>netpol watch</c> follows: one rule after the other is given another port, or stands there anew, so that all after it move.</summary>
/// <param name="Visible">From before the file is opened for writing to the first packet that is judged by the changed rule.</param>
/// <param name="Stages">What the process says that it took for each of its stages, from when it saw the change: medians.</param>
internal sealed partial record SourceSeries(int Rules, int Files, Latency Visible, IReadOnlyDictionary<string, double> Stages)
{
    private const int FirstPort = 50_000, WarmUps = 10;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    internal static SourceSeries Run(string netpol, int files, Options options)
    {
        SourceSeries? series = null;
        Scratch.Run(scratch =>
        {
            // As on a node, whose state is on a tmpfs.
            Directory.CreateDirectory(scratch.State);
            Scratch.Hide(scratch.State);
            var text = SourceText.Write(Path.Combine(scratch.Folder, "text"), Text.Of(options.Rules, 0), files);
            using var world = World.Create(scratch, text.Folder);
            series = Run(netpol, text, world, Path.Combine(scratch.Folder, "watched.bundle"), options.Changes);
        });
        return series ?? throw new InvalidOperationException("nothing was measured");
    }

    private static SourceSeries Run(string netpol, SourceText text, World world, string bundle, int changes)
    {
        ProcessStartInfo start = new(netpol, ["watch", text.Folder, "-o", bundle, "--pins", world.Paths.Pins, "--state", world.Paths.State])
        {
            RedirectStandardOutput = true,
        };
        using var watch = Process.Start(start) ?? throw new InvalidOperationException($"{netpol} does not start");
        try
        {
            BlockingCollection<string> said = [];
            watch.OutputDataReceived += (_, line) => said.Add(line.Data ?? "");
            watch.BeginOutputReadLine();
            _ = Line(said);
            world.Follow(bundle);
            return Measure(text, world, said, changes);
        }
        finally
        {
            watch.Kill();
            watch.WaitForExit();
        }
    }

    private static SourceSeries Measure(SourceText text, World world, BlockingCollection<string> said, int changes)
    {
        var rules = world.Manifest.Rules.ToDictionary(rule => rule.Id);
        var places = RuleSeries.Candidates(world).ConvertAll(found =>
            (found.Container, rules[found.Rule].File, Line: text.At(rules[found.Rule].File, rules[found.Rule].Line), found.Peer));
        List<TimeSpan> visible = [];
        List<Dictionary<string, double>> stages = [];
        for (var change = 0; change < WarmUps + changes;)
        {
            var (container, file, line, peer) = places[world.NextNumber(places.Count)];
            var port = FirstPort + change;
            var frame = Frame.Syn(World.Container(container), peer, port);
            // Another rule may let it pass already.
            if (World.Passes(world.Programs[container], frame))
            {
                continue;
            }

            text.Change(file, line, port, isNew: change % 2 == 1);
            var (content, path) = (text.Content(file), text.PathOf(file));
            var at = Stopwatch.GetTimestamp();
            File.WriteAllBytes(path, content);
            var (seen, answer) = Await(world.Programs[container], frame, said);
            if (!answer.Contains(" in place, ", StringComparison.Ordinal))
            {
                throw new InvalidOperationException($"not in place: {answer}");
            }

            // A rule that denies may be about the same packet.
            if (change++ >= WarmUps && seen is { } then)
            {
                visible.Add(Stopwatch.GetElapsedTime(at, then));
                stages.Add(StagesOf(answer));
            }

            // Nobody saves faster, and what the process does when nobody waits is over by then.
            Thread.Sleep(1000);
        }

        return new SourceSeries(rules.Count, text.Files, Latency.Of(visible), stages[0].Keys.ToDictionary(stage => stage, stage => Latency.Of(
            stages.Select(times => TimeSpan.FromMilliseconds(times[stage]))).P50));
    }

    /// <returns>When a packet passed that did not; null: none did when the process said that it was done. And what it said.</returns>
    private static (long? Seen, string Answer) Await(BpfProgram program, byte[] frame, BlockingCollection<string> said)
    {
        string? answer = null;
        for (ushort port = 1024; ; port++)
        {
            var isOver = said.TryTake(out answer);
            Frame.SetSourcePort(frame, port);
            if (World.Passes(program, frame))
            {
                var seen = Stopwatch.GetTimestamp();
                return (seen, answer ?? Line(said));
            }

            if (isOver)
            {
                return (null, answer ?? "");
            }

            Thread.Sleep(1);
        }
    }

    private static string Line(BlockingCollection<string> said) =>
        said.TryTake(out var line, Patience) ? line : throw new InvalidOperationException("nothing was said");

    private static Dictionary<string, double> StagesOf(string line) =>
        Stage.Matches(line[line.IndexOf('(')..line.IndexOf(')')])
            .ToDictionary(match => match.Groups[1].Value, match => double.Parse(match.Groups[2].ValueSpan, CultureInfo.InvariantCulture));

    [GeneratedRegex("([a-z ]+) ([0-9.]+)")]
    private static partial Regex Stage { get; }
}
