using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using Netpol.Lab;
using Netpol.Loader;

namespace Netpol.Bench.Compile;

/// <summary>
/// From a text to packets of a container that are judged by it: <c>netpol build</c> and <c>netpol load</c>, two whole processes, on a node of its own with a
/// container whose programs are of another bundle before.
/// </summary>
internal static class LoadRun
{
    private const string Small = "policy p for pods where app == \"app0\" { ingress { allow from any on 80/tcp } }\n";

    /// <returns>Exit code, milliseconds, kilobytes of the larger process, and what the second said.</returns>
    public static (int ExitCode, double Milliseconds, long PeakKilobytes, string Line) Run(string netpol, string file)
    {
        (int ExitCode, double Milliseconds, long PeakKilobytes, string Line) result = default;
        Scratch.Run(scratch =>
        {
            NodePaths paths = new(scratch.Pins, scratch.State);
            var (small, bundle) = (Path.Combine(scratch.Folder, "small.netpol"), Path.Combine(scratch.Folder, "bundle"));
            File.WriteAllText(small, Small);
            Require(ProcessRun.Run(netpol, ["build", small, "-o", bundle, "--backend", "bytecode"]));
            using (var node = Node.Open(paths))
            {
                node.Apply(bundle);
                Scratch.AddDevices("host", "container");
                node.Attach(new EndpointSpec(
                    "container", "eth0", "host", "02:00:00:00:00:01", ["10.0.0.1"], "ns0", null, ImmutableSortedDictionary<string, string>.Empty.Add("app", "app0"), []));
            }

            var started = Stopwatch.GetTimestamp();
            var built = Require(ProcessRun.Run(netpol, ["build", file, "-o", bundle, "--backend", "bytecode"]));
            var loaded = Require(ProcessRun.Run(netpol, ["load", bundle, "--pins", paths.Pins, "--state", paths.State]));
            result = (0, Stopwatch.GetElapsedTime(started).TotalMilliseconds, Math.Max(built.PeakKilobytes, loaded.PeakKilobytes), loaded.Line);
            using var after = Node.Open(paths, new NodeOptions(ReadOnly: true));
            if (after.Status() is not { Generation: 2, Endpoints: [{ Attached: true }] } || after.Check("container", "eth0") is not [])
            {
                throw new InvalidOperationException(string.Create(CultureInfo.InvariantCulture, $"the container is not judged by the bundle: {loaded.Line}"));
            }
        });
        return result;
    }

    private static (int ExitCode, double Milliseconds, long PeakKilobytes, string Line) Require(
        (int ExitCode, double Milliseconds, long PeakKilobytes, string Line) run) =>
        run.ExitCode == 0 ? run : throw new InvalidOperationException(run.Line);
}
