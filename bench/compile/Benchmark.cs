using System.Collections.Immutable;
using System.Globalization;

namespace Netpol.Bench.Compile;

/// <summary>
/// Rounds over all sizes, so that what else the machine does falls on every size alike; each measurement in a process of
/// its own; medians over the rounds.
/// </summary>
internal sealed class Benchmark
{
    private const int Rounds = 5;

    private static readonly ImmutableArray<int> Sizes = [100, 1_000, 10_000, 100_000];

    /// <summary>Larger policies are edited in more than one place at once.</summary>
    private const int MostEditedRules = 10_000;

    /// <summary>Rules that <c>diff</c> finds changed.</summary>
    private const int ChangedRules = 10;

    private const string Attached = "text to attached container";

    private readonly string _netpol;
    private readonly string _folder;
    private readonly Dictionary<(int Rules, string What), List<double>> _milliseconds = [];
    private readonly Dictionary<(int Rules, string What), List<double>> _kilobytes = [];
    private readonly Dictionary<(int Rules, string What), string> _refusals = [];
    private readonly List<string> _stages = [];

    private Benchmark(string netpol, string folder) => (_netpol, _folder) = (netpol, folder);

    /// <summary>What is run as a whole process.</summary>
    private static ImmutableArray<WholeProcess> Processes { get; } =
    [
        new("check", (file, _) => ["check", file]),
        new("diff of ten rules", (file, _) => ["diff", file, ChangedOf(file)]),
        new("build (c)", (file, output) => ["build", file, "-o", output]),
        new("build (bytecode)", (file, output) => ["build", file, "-o", output, "--backend", "bytecode"]),
        new("build code (c)", (file, output) => ["build", file, "-o", output, "--verdicts", "code"]),
        new("build code (bytecode)", (file, output) => ["build", file, "-o", output, "--verdicts", "code", "--backend", "bytecode"]),
    ];

    public static int Run(string netpol, string results)
    {
        var folder = Directory.CreateTempSubdirectory("netpol-bench-").FullName;
        try
        {
            var benchmark = new Benchmark(netpol, folder);
            benchmark.Measure();
            Report.Write(Console.Out, benchmark.Measurements());
            Report.WriteJson(results, benchmark.Measurements());
            return 0;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private void Measure()
    {
        foreach (var rules in Sizes)
        {
            var text = LargePolicy.Text(rules);
            File.WriteAllText(FileOf(rules), text);
            File.WriteAllText(ChangedOf(FileOf(rules)), LargePolicy.Edited(text, ChangedRules));
        }

        for (var round = 0; round < Rounds; round++)
        {
            foreach (var rules in Sizes)
            {
                MeasureStages(rules);
                foreach (var process in Processes)
                {
                    MeasureProcess(rules, process);
                }

                // It makes a network namespace.
                if (Environment.IsPrivilegedProcess)
                {
                    MeasureLoad(rules);
                }
            }
        }
    }

    private void MeasureStages(int rules)
    {
        MeasureStages("stages", rules);
        if (rules <= MostEditedRules)
        {
            MeasureStages("edits", rules);
        }
    }

    private void MeasureStages(string role, int rules)
    {
        var (exitCode, _, _, _, lines) = Started([role, FileOf(rules)]);
        if (exitCode != 0)
        {
            throw new InvalidOperationException($"the {role} failed for {rules} rules: {lines[0]}");
        }

        foreach (var fields in lines.Select(line => line.Split('\t')).Where(fields => fields.Length == 3))
        {
            if (!_stages.Contains(fields[0]))
            {
                _stages.Add(fields[0]);
            }

            Add(_milliseconds, rules, fields[0], Number(fields[1]));
            Add(_kilobytes, rules, fields[0], Number(fields[2]) / 1024);
        }
    }

    private void MeasureProcess(int rules, WholeProcess process)
    {
        var output = Path.Combine(_folder, "bundle");
        // What the C backend cannot take is refused before clang; one such answer is enough.
        if (_refusals.ContainsKey((rules, process.Name)))
        {
            return;
        }

        var (exitCode, milliseconds, kilobytes, line, _) = Started(["process", _netpol, .. process.Arguments(FileOf(rules), output)]);
        Add(_milliseconds, rules, process.Name, milliseconds);
        Add(_kilobytes, rules, process.Name, kilobytes);
        if (exitCode != 0)
        {
            _refusals[(rules, process.Name)] = line;
        }
    }

    private void MeasureLoad(int rules)
    {
        var (exitCode, milliseconds, kilobytes, _, lines) = Started(["load", _netpol, FileOf(rules)]);
        if (exitCode != 0)
        {
            throw new InvalidOperationException($"{rules} rules were not loaded: {lines[0]}");
        }

        Add(_milliseconds, rules, Attached, milliseconds);
        Add(_kilobytes, rules, Attached, kilobytes);
    }

    private static (int ExitCode, double Milliseconds, double Kilobytes, string Line, string[] Lines) Started(string[] arguments)
    {
        var self = Environment.ProcessPath ?? throw new InvalidOperationException("this program has no path");
        using var process = System.Diagnostics.Process.Start(
            new System.Diagnostics.ProcessStartInfo(self, arguments) { RedirectStandardOutput = true })
            ?? throw new InvalidOperationException($"{self} does not start");
        var lines = process.StandardOutput.ReadToEnd().TrimEnd().Split('\n');
        process.WaitForExit();
        return arguments[0] is "process" or "load" && process.ExitCode == 0 && lines[0].Split('\t', 4) is [var code, var time, var peak, var line]
            ? ((int)Number(code), Number(time), Number(peak), line, lines)
            : (process.ExitCode, 0, 0, "", lines);
    }

    private ImmutableArray<Measurement> Measurements() =>
        [.. _stages.Concat(Processes.Select(process => process.Name)).Append(Attached).SelectMany(what => Sizes.Where(rules => _milliseconds.ContainsKey((rules, what))).Select(rules => new Measurement(
            what, _stages.Contains(what), rules, Median(_milliseconds[(rules, what)]), Median(_kilobytes[(rules, what)]),
            _refusals.GetValueOrDefault((rules, what)))))];

    private static string ChangedOf(string file) => Path.ChangeExtension(file, ".changed.netpol");

    private string FileOf(int rules) => Path.Combine(_folder, string.Create(CultureInfo.InvariantCulture, $"large{rules}.netpol"));

    private static void Add(Dictionary<(int Rules, string What), List<double>> to, int rules, string what, double value)
    {
        if (!to.TryGetValue((rules, what), out var values))
        {
            to.Add((rules, what), values = []);
        }

        values.Add(value);
    }

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);

    private sealed record WholeProcess(string Name, Func<string, string, string[]> Arguments);
}
