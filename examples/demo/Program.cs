using Netpol.Lab;
using Netpol.Lab.Cni;
using Spectre.Console;

namespace Netpol.Demo;

/// <summary>
/// Builds <c>examples/shop</c>, attaches five containers through the real CNI chain, and compares what packets do with what
/// the evaluator says; then edits a rule and reloads under open connections. Exit code 0 only if everything agrees.
/// </summary>
internal static class Program
{
    private const int Good = 0;
    private const int Mismatch = 1;
    private const int Environment = 3;

    private static int Main()
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings());
        if (!console.Profile.Out.IsTerminal)
        {
            // A log file is as wide as it needs to be.
            console.Profile.Width = 160;
        }

        try
        {
            return Run(console) ? Good : Mismatch;
        }
        catch (Exception error) when (error is DemoException or LabException or CniFailureException or IOException)
        {
            console.MarkupLineInterpolated($"[red]{error.Message}[/]");
            return Environment;
        }
    }

    private static bool Run(IAnsiConsole console)
    {
        var root = FindRoot();
        var work = Directory.CreateTempSubdirectory("netpol-demo-").FullName;
        try
        {
            foreach (var source in Directory.GetFiles(Path.Combine(root, "examples", "shop"), "*.netpol"))
            {
                File.Copy(source, Path.Combine(work, Path.GetFileName(source)));
            }

            var cli = new NetpolCli(Path.Combine(root, "bin", "netpol"), work);
            return new Demonstration(console, cli, work, Path.Combine(root, "bin", "netpol-cni")).Run();
        }
        finally
        {
            Directory.Delete(work, recursive: true);
        }
    }

    private static string FindRoot()
    {
        var folder = AppContext.BaseDirectory;
        while (folder is not null && !File.Exists(Path.Combine(folder, "Dsl.sln")))
        {
            folder = Path.GetDirectoryName(folder);
        }

        return folder is not null && File.Exists(Path.Combine(folder, "bin", "netpol")) && File.Exists(Path.Combine(folder, "bin", "netpol-cni"))
            ? folder
            : throw new DemoException("bin/netpol and bin/netpol-cni are missing: run ./build.sh build first");
    }
}
