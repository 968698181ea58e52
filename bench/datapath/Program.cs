using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Netpol.Bench.Counting;
using Netpol.Lab;

namespace Netpol.Bench;

/// <summary><c>./build.sh bench-datapath</c>: the loaded programs, packet by packet, under BPF_PROG_TEST_RUN.</summary>
internal static class Program
{
    private const int Prefixes = 100_000;

    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        WriteIndented = true,
    };

    private static int Main(string[] arguments)
    {
        if (Options.Parse(arguments) is not { } options)
        {
            Console.Error.WriteLine(Options.Usage);
            return 2;
        }

        List<Row> rows = [];
        List<CaseCount> calls = [];
        List<ProgramSize> sizes = [];
        List<ContainerCost> containers = [];
        List<string> notes = [];
        try
        {
            Scratch.Run(scratch =>
            {
                Processor.Stay();
                var driver = BpfSource.Compile("driver.bpf.c");
                foreach (var rules in options.Rules)
                {
                    InWorld(scratch, rules, 0, options, notes, world =>
                    {
                        containers.Add(ContainerCost.Of(world, rules));
                        rows.AddRange(Measure(world, driver, rules, 0, options));
                        sizes.AddRange(CountSession.Sizes(world, rules));
                        calls.AddRange(CountSession.Calls(world, driver, rules));
                    });
                }

                if (options.HasPrefixes)
                {
                    InWorld(scratch, 10, Prefixes, options, notes, world => rows.AddRange(Measure(world, driver, 10, Prefixes, options)));
                }
            });
        }
        catch (BenchException e)
        {
            Console.Error.WriteLine($"bench-datapath: {e.Message}");
            return 3;
        }

        Write(options.Output, rows);
        Write(Path.ChangeExtension(options.Output, "counts.json"), new { calls, sizes, containers });
        Console.Write(ResultText.Of(rows));
        Console.Write(CountText.Of(calls, sizes, containers));
        notes.ForEach(Console.WriteLine);
        var missed = rows.Count(row => row.IsMissed);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{missed} of {rows.Count(row => row.Bar is not null)} bars missed; rows in {options.Output}"));
        return options.IsStrict && missed > 0 ? 1 : 0;
    }

    private static void Write<T>(string path, T value)
    {
        var full = Path.GetFullPath(path);
        Directory.CreateDirectory(Path.GetDirectoryName(full) ?? "/");
        File.WriteAllText(full, JsonSerializer.Serialize(value, Json) + "\n");
    }

    private static void InWorld(Scratch scratch, int rules, int prefixes, Options options, List<string> notes, Action<World> deed)
    {
        var watch = Stopwatch.StartNew();
        var name = string.Create(CultureInfo.InvariantCulture, $"b{rules}{(prefixes > 0 ? "p" : "")}");
        var (world, refusal) = World.Create(scratch, name, PolicySource.Of(rules, prefixes), options);
        if (world is null)
        {
            notes.Add($"{rules} rules, {prefixes} prefixes: the build refuses them ({refusal})");
            return;
        }

        using (world)
        {
            Console.Error.WriteLine($"{rules} rules, {prefixes} prefixes: built and loaded in {watch.Elapsed.TotalSeconds:0.0} s");
            deed(world);
        }
    }

    private static IReadOnlyList<Row> Measure(World world, byte[] driver, int rules, int prefixes, Options options)
    {
        Session session = new(world, driver, rules, prefixes, options.Rounds);
        foreach (var flows in options.Flows)
        {
            session.Established(flows);
        }

        if (prefixes == 0)
        {
            session.NewConnections();
            session.NewConnectionsInFullTable();
        }

        return session.Rows;
    }
}
