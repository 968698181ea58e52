using System.Diagnostics;
using System.Text.RegularExpressions;
using Netpol.Tests.Support;

namespace Netpol.Tests.EndToEnd.Packages;

/// <summary>
/// A folder as a user has it, with a home and a package folder that begin empty: netpol comes from artifacts/packages, which
/// <c>./build.sh pack</c> made, and all else from where packages come from on this machine. Nothing runs on after it.
/// </summary>
internal sealed partial class UserProject : IDisposable
{
    private static readonly TimeSpan LongestRun = TimeSpan.FromMinutes(5);

    private readonly TemporaryFolder _folder = new();

    public UserProject()
    {
        Directory.CreateDirectory(Of("home"));
        if (!Directory.Exists(Feed))
        {
            throw new InvalidOperationException($"{Feed} is missing: run ./build.sh pack first");
        }
    }

    public static string Feed { get; } = Repository.PathOf("artifacts/packages");

    public string Of(string name) => _folder.Of(name);

    public string Read(string name) => File.ReadAllText(Of(name));

    public void Replace(string name, string before, string after)
    {
        var text = Read(name);
        Assert.Contains(before, text, StringComparison.Ordinal);
        File.WriteAllText(Of(name), text.Replace(before, after, StringComparison.Ordinal));
    }

    /// <summary>The quickstart as it is in the repository, without what a build left there.</summary>
    public void CopyQuickstart()
    {
        var from = Repository.PathOf("examples/quickstart-dotnet");
        foreach (var file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            var name = Path.GetRelativePath(from, file);
            if (!name.Split('/').Any(part => part is "bin" or "obj"))
            {
                Directory.CreateDirectory(Path.GetDirectoryName(Of(name)) ?? _folder.Path);
                File.Copy(file, Of(name));
            }
        }

        Replace("nuget.config", "../../artifacts/packages", Feed);
    }

    /// <summary>Runs <c>dotnet</c> in the folder.</summary>
    public RunResult Dotnet(params string[] arguments) => Run("dotnet", arguments);

    public RunResult Run(string program, params string[] arguments)
    {
        ProcessStartInfo start = new(program, arguments)
        {
            WorkingDirectory = _folder.Path,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["HOME"] = start.Environment["DOTNET_CLI_HOME"] = Of("home");
        start.Environment["NUGET_PACKAGES"] = Of("packages");
        // No server of the SDK outlives the test.
        start.Environment["MSBUILDDISABLENODEREUSE"] = "1";
        start.Environment["UseSharedCompilation"] = "false";
        start.Environment["DOTNET_CLI_USE_MSBUILD_SERVER"] = "0";
        start.Environment["DOTNET_NOLOGO"] = "1";
        using var process = Process.Start(start) ?? throw new InvalidOperationException($"{program} does not start");
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        if (!process.WaitForExit(LongestRun))
        {
            process.Kill(entireProcessTree: true);
            throw new InvalidOperationException($"`{program} {string.Join(' ', arguments)}` did not end");
        }

        return new RunResult(process.ExitCode, Colours().Replace(output.Result + error.Result, ""));
    }

    public void Dispose() => _folder.Dispose();

    [GeneratedRegex(@"\x1b\[[0-9;]*m")]
    private static partial Regex Colours();
}

/// <param name="Text">Of both streams.</param>
internal sealed record RunResult(int ExitCode, string Text)
{
    public RunResult Succeeded()
    {
        Assert.True(ExitCode == 0, Text);
        return this;
    }
}
