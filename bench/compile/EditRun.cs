using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using Netpol.Compiler.Bundling;
using Netpol.Compiler.Compilation;
using Netpol.Text;

namespace Netpol.Bench.Compile;

/// <summary>
/// One rule of a large policy changed again and again in a process that knows the policy: from the bytes of the new text to terms and a
/// manifest, which is sealed afterwards. Rules are rewritten, inserted and deleted in turn, at random places.
/// </summary>
internal sealed class EditRun
{
    public const string Stage = "one rule changed";

    private const int WarmUps = 30;
    private const int Edits = 90;

    private readonly CompilationSession _session = new();
    private readonly List<string> _lines;
    private readonly Random _random = new(1);
    private readonly List<Dictionary<string, StageTime>> _times = [];

    private EditRun(string text) => _lines = [.. text.Split('\n')];

    /// <summary>Medians over the edits, in the order of the stages; the sum of those before the seal stands before that.</summary>
    public static ImmutableArray<StageTime> Run(string text)
    {
        var run = new EditRun(text);
        run.Compile();
        for (var edit = 0; edit < WarmUps + Edits; edit++)
        {
            run.Edit(edit);
            // As `netpol watch` does between changes.
            GC.Collect();
            var times = run.Compile();
            if (edit >= WarmUps)
            {
                run._times.Add(times);
            }
        }

        return [.. run._times[0].Keys.Select(stage => new StageTime(
            stage, run.Median(stage, time => time.Milliseconds), (long)run.Median(stage, time => time.AllocatedBytes)))];
    }

    private double Median(string stage, Func<StageTime, double> of) => _times.Select(times => of(times[stage])).Order().ElementAt(_times.Count / 2);

    private void Edit(int edit)
    {
        var rules = Enumerable.Range(0, _lines.Count).Where(line => _lines[line].StartsWith("        allow ", StringComparison.Ordinal)).ToList();
        var line = rules[_random.Next(rules.Count)];
        var peer = _lines[line].Contains(" from ", StringComparison.Ordinal) ? "from" : "to";
        var rule = string.Create(CultureInfo.InvariantCulture, $"        allow {peer} g{_random.Next(4)} on {1024 + _random.Next(60_000)}/tcp");
        switch (edit % 3)
        {
            case 0:
                _lines[line] = rule;
                break;
            case 1:
                _lines.Insert(line, rule);
                break;
            default:
                _lines.RemoveAt(line);
                break;
        }
    }

    private Dictionary<string, StageTime> Compile()
    {
        var bytes = Encoding.UTF8.GetBytes(string.Join('\n', _lines));
        var times = new Dictionary<string, StageTime>(StringComparer.Ordinal);
        var (started, allocated) = (Stopwatch.GetTimestamp(), GC.GetAllocatedBytesForCurrentThread());
        var (last, lastAllocated) = (started, allocated);
        void Reached(string stage)
        {
            var (now, nowAllocated) = (Stopwatch.GetTimestamp(), GC.GetAllocatedBytesForCurrentThread());
            times.Add($"{Stage}: {stage}", new StageTime(stage, Stopwatch.GetElapsedTime(last, now).TotalMilliseconds, nowAllocated - lastAllocated));
            (last, lastAllocated) = (now, nowAllocated);
        }

        var source = SourceFile.FromUtf8("large.netpol", bytes);
        Reached("decode");
        var result = _session.Compile(
            parse =>
            {
                var (unit, diagnostics) = parse(source);
                return ([unit], diagnostics);
            },
            Reached);
        if (result.Output is not { } output)
        {
            throw new InvalidOperationException($"the edited policy is wrong: {result.Diagnostics.First(diagnostic => diagnostic.IsError)}");
        }

        // What a node needs of it is there; what follows is not waited for.
        times.Add(Stage, new StageTime(Stage, Stopwatch.GetElapsedTime(started, last).TotalMilliseconds, lastAllocated - allocated));
        ManifestWriter.Seal(output.Manifest, output.Terms.AsSpan(), []);
        Reached("seal");
        return times;
    }
}
