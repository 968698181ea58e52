using System.Diagnostics;
using System.Globalization;
using System.Text;
using Netpol.Lab;
using Netpol.Toolchain;

namespace Netpol.Bench.Live;

/// <summary><c>netpol load</c>, the whole process, of a bundle with many services on a node that has nothing.</summary>
/// <param name="Milliseconds">From nothing to in charge: programs, verdicts and services, their tables and all; the median of the rounds.</param>
/// <param name="WithoutServices">The same of a bundle with one service.</param>
/// <param name="MaglevBytes">Of the tables of positions, all together.</param>
internal sealed record ServiceSeries(string Balance, int Services, int Backends, double Milliseconds, double WithoutServices, long MaglevBytes)
{
    private const int BackendsOfEach = 10, Rounds = 7;

    internal static ServiceSeries[] Run(string netpol, IReadOnlyList<string> balances, int services)
    {
        // Interleaved: what else the machine does is the same for all.
        var rounds = Enumerable.Range(0, Rounds)
            .Select(_ => balances.Select(balance => (All: Load(netpol, balance, services), One: Load(netpol, balance, 1).Milliseconds)).ToArray()).ToArray();
        return
        [
            .. balances.Select((balance, place) => new ServiceSeries(
                balance, services, BackendsOfEach, Median(rounds.Select(round => round[place].All.Milliseconds)), Median(rounds.Select(round => round[place].One)),
                rounds[0][place].All.MaglevBytes)),
        ];
    }

    private static double Median(IEnumerable<double> values) => values.Order().ElementAt(Rounds / 2);

    private static (double Milliseconds, long MaglevBytes) Load(string netpol, string balance, int services)
    {
        (double Milliseconds, long MaglevBytes) result = default;
        Scratch.Run(scratch =>
        {
            var source = Path.Combine(scratch.Folder, "services.netpol");
            File.WriteAllText(source, Text(balance, services));
            var bundle = Path.Combine(scratch.Folder, "bundle");
            var built = BundleBuilder.Build([source], bundle, backend: BackendKind.Bytecode);
            var manifest = built.Manifest ?? throw new InvalidOperationException(string.Join('\n', built.Diagnostics));
            var start = Stopwatch.GetTimestamp();
            using var load = Process.Start(new ProcessStartInfo(netpol, ["load", bundle, "--pins", scratch.Pins, "--state", scratch.State])
            {
                RedirectStandardOutput = true,
            }) ?? throw new InvalidOperationException($"{netpol} does not start");
            var said = load.StandardOutput.ReadToEnd();
            load.WaitForExit();
            result = (
                Stopwatch.GetElapsedTime(start).TotalMilliseconds,
                manifest.Layout.Maps.Where(map => map.Name == "maglev").Sum(map => (long)map.MaxEntries * map.ValueSize));
            if (load.ExitCode != 0)
            {
                throw new InvalidOperationException(said);
            }
        });
        return result;
    }

    private static string Text(string balance, int services)
    {
        StringBuilder text = new("cluster { families ipv4 }\n");
        for (var service = 0; service < services; service++)
        {
            var (high, low) = (service / 256, service % 256);
            var backends = Enumerable.Range(0, BackendsOfEach).Select(backend => string.Create(CultureInfo.InvariantCulture, $"10.{10 + backend}.{high}.{low}"));
            text.AppendLine(CultureInfo.InvariantCulture, $"service s{service} {{ address 10.96.{high}.{low}; port 80/tcp -> 8080; backends {string.Join(", ", backends)}; balance {balance} }}");
        }

        return text.ToString();
    }
}
