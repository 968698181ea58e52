using System.Diagnostics;
using System.Globalization;
using System.Text;
using Netpol.Lab;
using Netpol.Loader;
using Netpol.Toolchain;

namespace Netpol.Bench.Live;

/// <summary>A bundle with many services is loaded on a node that has nothing.</summary>
/// <param name="Milliseconds">From nothing to in charge: programs, verdicts and services, their tables and all.</param>
/// <param name="WithoutServices">The same of a bundle with one service.</param>
/// <param name="MaglevBytes">Of the tables of positions, all together.</param>
internal sealed record ServiceSeries(string Balance, int Services, int Backends, double Milliseconds, double WithoutServices, long MaglevBytes)
{
    private const int BackendsOfEach = 10;

    internal static ServiceSeries Run(string balance, int services)
    {
        var (one, _) = Load(balance, 1);
        var (all, bytes) = Load(balance, services);
        return new ServiceSeries(balance, services, BackendsOfEach, all.TotalMilliseconds, one.TotalMilliseconds, bytes);
    }

    private static (TimeSpan Time, long MaglevBytes) Load(string balance, int services)
    {
        var time = TimeSpan.Zero;
        long bytes = 0;
        Scratch.Run(scratch =>
        {
            var source = Path.Combine(scratch.Folder, "services.netpol");
            File.WriteAllText(source, Text(balance, services));
            var bundle = Path.Combine(scratch.Folder, "bundle");
            var built = BundleBuilder.Build([source], bundle, backend: BackendKind.Bytecode);
            var manifest = built.Manifest ?? throw new InvalidOperationException(string.Join('\n', built.Diagnostics));
            bytes = manifest.Layout.Maps.Where(map => map.Name == "maglev").Sum(map => (long)map.MaxEntries * map.ValueSize);
            using var node = Node.Open(new NodePaths(scratch.Pins, scratch.State));
            var start = Stopwatch.GetTimestamp();
            node.Apply(bundle);
            time = Stopwatch.GetElapsedTime(start);
        });
        return (time, bytes);
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
