using System.Text.Json;
using Netpol.Lab;
using Netpol.Toolchain;

namespace Netpol.Bench.Live;

/// <summary><c>./build.sh bench-live</c>: how soon a change of a rule, and of an endpoint's labels, is what packets are judged by.</summary>
internal static class Program
{
    internal const string BuildVerb = "build";

    private const double RuleBar = 50, LabelBar = 20, MemoryBar = 300;

    /// <summary>That the text is spread over.</summary>
    private static readonly int[] Files = [1, 100];

    private const int BackendChanges = 1_000;

    private static readonly string[] Balances = ["random", "maglev", "least-connections"];

    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        WriteIndented = true,
    };

    private static int Main(string[] arguments)
    {
        if (arguments is [BuildVerb, var source, var bundle])
        {
            return BundleBuilder.Build([source], bundle, backend: BackendKind.Bytecode).Manifest is null ? 1 : 0;
        }

        if (Options.Parse(arguments) is not { } options)
        {
            Console.Error.WriteLine(Options.Usage);
            return 2;
        }

        if (options is { Services: > 0, Netpol: { } program })
        {
            return Write(options, new
            {
                Processors = Environment.ProcessorCount,
                Services = ServiceSeries.Run(program, Balances, options.Services),
                Backends = Balances.Select(balance => BackendSeries.Run(balance, options.Services, BackendChanges)).ToArray(),
            });
        }

        RuleSeries? rules = null;
        EndpointSeries? endpoints = null;
        if (!options.IsTextAlone)
        {
            Scratch.Run(scratch =>
            {
                using var world = World.Create(scratch, Text.Write(scratch.Folder, options));
                endpoints = EndpointSeries.Run(world, options);
                rules = RuleSeries.Run(world, options.Changes);
            });
        }

        SourceSeries[] texts = options.Netpol is { } netpol ? [.. Files.Select(files => SourceSeries.Run(netpol, files, options))] : [];
        var isMissed = rules?.Visible.P99 > RuleBar || endpoints?.Visible.P99 > LabelBar || endpoints?.PeakMegabytes > MemoryBar
            || texts.Any(text => text.Visible.P50 > RuleBar);
        _ = Write(options, new { Processors = Environment.ProcessorCount, rules, endpoints, texts, isMissed });
        return options.IsStrict && isMissed ? 1 : 0;
    }

    private static int Write<T>(Options options, T result)
    {
        var text = JsonSerializer.Serialize(result, Json);
        var full = Path.GetFullPath(options.Output);
        Directory.CreateDirectory(Path.GetDirectoryName(full) ?? "/");
        File.WriteAllText(full, text + "\n");
        Console.WriteLine(text);
        return 0;
    }
}
