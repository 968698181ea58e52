using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using Netpol.Loader;
using Netpol.Loader.Generations;
using Netpol.Loader.State;
using Netpol.Loader.Tables;

namespace Netpol.Bench.Counting;

/// <summary>What one more container costs the kernel: its programs and its stubs, loaded as an attachment loads them.</summary>
/// <param name="KernelBytes">Slab and vmalloc that 250 of them added, by each; shared maps are not in it.</param>
/// <param name="JitedBytes">Machine code, which the kernel keeps in pages of its own.</param>
/// <param name="LoadMilliseconds">Median, both programs and both stubs.</param>
/// <param name="OpensKernelTypes">A load had the BTF of the kernel opened.</param>
internal sealed record ContainerCost(int Rules, int Containers, long KernelBytes, long JitedBytes, double LoadMilliseconds, bool OpensKernelTypes)
{
    /// <summary>56 KiB on top of the shared maps, machine code and line info included.</summary>
    internal const int MostBytes = 56 << 10;

    internal const double MostMilliseconds = 6;

    private const int Count = 250;
    private const int Noise = 128 << 10;
    private const int GuardPage = 4096;

    internal bool IsMissed => KernelBytes + JitedBytes > MostBytes || LoadMilliseconds > MostMilliseconds || OpensKernelTypes;

    internal static ContainerCost Of(World world, int rules)
    {
        using EndpointPrograms programs = new(world.Generation.Templates, world.Generation.Maps, world.Generation.Number, world.State);
        List<ProgramPair> loaded = [];
        try
        {
            // What the first ones make for all is no container's.
            loaded.AddRange(Load(programs, Count + 1));
            var (before, times) = (Settled(), new List<double>());
            for (var number = 1; number <= Count; number++)
            {
                var started = Stopwatch.GetTimestamp();
                loaded.AddRange(Load(programs, number));
                times.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
            }

            var used = (Settled() - before) / Count;
            times.Sort();
            return new ContainerCost(
                rules, Count, used, loaded.Skip(2).Sum(pair => (long)pair.FromEndpoint.Info().jited_prog_len + pair.ToEndpoint.Info().jited_prog_len) / Count,
                times[Count / 2], HasKernelTypesOpen());
        }
        finally
        {
            loaded.ForEach(pair => pair.Dispose());
        }
    }

    private static IEnumerable<ProgramPair> Load(EndpointPrograms programs, int number)
    {
        EndpointSpec spec = new(
            $"c{number}", "eth0", "", "02:00:00:00:00:01",
            [string.Create(CultureInfo.InvariantCulture, $"10.9.{number / 250}.{number % 250}"), string.Create(CultureInfo.InvariantCulture, $"fd00:9::{number:x}")],
            PolicySource.Namespace, null, ImmutableSortedDictionary<string, string>.Empty, []);
        PlacedEndpoint endpoint = new(new EndpointRecord(NodeRecord.CurrentSchema, (uint)number, number, number, 1, "tcx", true, spec, Pending.None));
        yield return programs.LoadJudges(endpoint);
        yield return programs.LoadStubs(number);
    }

    /// <summary>What was freed before goes after a grace period, in the background.</summary>
    private static long Settled()
    {
        var (last, now) = (0L, Used());
        for (var tries = 0; Math.Abs(now - last) > Noise && tries < 40; tries++)
        {
            Thread.Sleep(250);
            (last, now) = (now, Used());
        }

        return now;
    }

    /// <summary>Without the packs of 2 MiB that machine code is put into (bpf_prog_pack_alloc): it is counted by itself.</summary>
    private static long Used() => SlabAndVmalloc() - File.ReadLines("/proc/vmallocinfo")
        .Where(line => line.Contains(" bpf_prog_pack_alloc+", StringComparison.Ordinal))
        .Sum(line => long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) - GuardPage);

    private static long SlabAndVmalloc() => File.ReadLines("/proc/meminfo")
        .Where(line => line.StartsWith("Slab:", StringComparison.Ordinal) || line.StartsWith("VmallocUsed:", StringComparison.Ordinal))
        .Sum(line => long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) * 1024);

    private static bool HasKernelTypesOpen() => Directory.EnumerateFiles("/proc/self/fd")
        .Select(file => new FileInfo(file).LinkTarget)
        .Any(target => target?.Contains("/sys/kernel/btf", StringComparison.Ordinal) == true);
}
