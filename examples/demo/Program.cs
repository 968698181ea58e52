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

    /// <param name="command">How <c>netpol</c> is started, if not as <c>bin/netpol</c>: a program and its first arguments.</param>
    private static int Main(string[] command)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings());
        if (!console.Profile.Out.IsTerminal)
        {
            // A log file is as wide as it needs to be.
            console.Profile.Width = 160;
        }

        try
        {
            return Run(console, command) ? Good : Mismatch;
        }
        catch (Exception error) when (error is DemoException or LabException or CniFailureException or IOException)
        {
            console.MarkupLineInterpolated($"[red]{error.Message}[/]");
            return Environment;
        }
    }

    private static bool Run(IAnsiConsole console, string[] command)
    {
        var root = FindRoot();
        var work = Directory.CreateTempSubdirectory("netpol-demo-").FullName;
        try
        {
            foreach (var source in Directory.GetFiles(Path.Combine(root, "examples", "shop"), "*.netpol"))
            {
                File.Copy(source, Path.Combine(work, Path.GetFileName(source)));
            }

            var cli = new NetpolCli(command.Length > 0 ? command : [Path.Combine(root, "bin", "netpol")], work);
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

        return folder is not null && File.Exists(Path.Combine(folder, "bin", "netpol-cni"))
            ? folder
            : throw new DemoException("bin/netpol-cni is missing: run ./build.sh build first");
    }
}
