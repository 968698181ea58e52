using System.Globalization;
using Netpol.Bench.Compile;

// One program in seven roles: the benchmark starts itself anew for every measurement, so that each is of a cold process.
switch (args)
{
    case ["run", var netpol, var results]:
        return Benchmark.Run(netpol, results);
    case ["generate", var rules]:
        Console.Out.Write(LargePolicy.Text(int.Parse(rules, CultureInfo.InvariantCulture)));
        return 0;
    case ["edit", var file]:
        Console.Out.Write(LargePolicy.Edited(File.ReadAllText(file), 10));
        return 0;
    case ["stages", var file]:
        return Print(StageRun.Run(File.ReadAllBytes(file)));
    case ["edits", var edited]:
        return Print(EditRun.Run(File.ReadAllText(edited)));
    case ["process", var program, .. var arguments]:
        var (exitCode, milliseconds, peak, line) = ProcessRun.Run(program, arguments);
        Console.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{exitCode}\t{milliseconds}\t{peak}\t{line}"));
        return 0;
    case ["load", var loading, var text]:
        var (answer, took, most, said) = LoadRun.Run(loading, text);
        Console.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{answer}\t{took}\t{most}\t{said}"));
        return 0;
    default:
        Console.Error.WriteLine("usage: netpol-bench-compile run NETPOL RESULTS.json | generate RULES | edit FILE | stages FILE | edits FILE | process PROGRAM ARGUMENT... | load NETPOL FILE");
        return 2;
}

static int Print(IEnumerable<StageTime> times)
{
    foreach (var time in times)
    {
        Console.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{time.Stage}\t{time.Milliseconds}\t{time.AllocatedBytes}"));
    }

    return 0;
}
