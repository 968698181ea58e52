using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using Netpol.Diagnostics;

namespace Netpol.Toolchain;

/// <summary>A clang that can make BPF code.</summary>
public sealed class Clang
{
    private const string Variable = "NETPOL_CLANG";

    /// <summary>The version that everything is tested with; it is taken where it is there.</summary>
    private const int Preferred = 19;

    private static readonly string[] HeaderFolders = ["/usr/include", "/usr/local/include"];

    private Clang(string path) => Path = path;

    public string Path { get; }

    /// <summary>Finds clang: what NETPOL_CLANG names, else clang-19, else the newest on PATH.</summary>
    public static (Clang? Clang, ImmutableArray<Diagnostic> Diagnostics) Find() => Find(
        Environment.GetEnvironmentVariable(Variable), Environment.GetEnvironmentVariable("PATH") ?? "");

    /// <summary>The same with the environment given.</summary>
    public static (Clang? Clang, ImmutableArray<Diagnostic> Diagnostics) Find(string? named, string searchPath)
    {
        if (!string.IsNullOrEmpty(named))
        {
            return HasBpf(named)
                ? (new Clang(named), [])
                : (null, [ToolchainDiagnostics.ClangUnusable.Nowhere(Variable, named)]);
        }

        return Candidates(searchPath).FirstOrDefault(HasBpf) is { } found
            ? (new Clang(found), [])
            : (null, [ToolchainDiagnostics.NoClang.Nowhere()]);
    }

    /// <summary>
    /// Compiles one source. Paths that come into the object are relative to <paramref name="workFolder"/>, so that the same source
    /// gives the same bytes wherever it is compiled.
    /// </summary>
    /// <returns>What clang said, if it refused; else null.</returns>
    internal string? Compile(string workFolder, string source, string output)
    {
        var (exitCode, text) = Run(Path, workFolder,
        [
            "-target", "bpf", "-mcpu=v3", "-O2", "-g", "-Wall", "-Werror",
            "-fdebug-compilation-dir=.", $"-ffile-prefix-map={workFolder}=.",
            .. SystemHeaders().SelectMany(folder => new[] { "-idirafter", folder }),
            "-Idatapath", "-c", source, "-o", output,
        ]);
        return exitCode == 0 ? null : text;
    }

    /// <summary>Is libbpf's <c>bpf_helpers.h</c> where clang looks for it?</summary>
    internal static bool HasBpfHeaders() => HeaderFolders.Any(folder =>
        File.Exists(System.IO.Path.Combine(folder, "bpf/bpf_helpers.h")));

    // Debian and Ubuntu keep asm/types.h apart by architecture, and clang forgets where when the target is bpf.
    private static IEnumerable<string> SystemHeaders()
    {
        var architecture = RuntimeInformation.OSArchitecture switch
        {
            Architecture.X64 => "x86_64-linux-gnu",
            Architecture.Arm64 => "aarch64-linux-gnu",
            var other => $"{other.ToString().ToLowerInvariant()}-linux-gnu",
        };
        var folder = "/usr/include/" + architecture;
        return Directory.Exists(folder) ? [folder] : [];
    }

    private static IEnumerable<string> Candidates(string searchPath)
    {
        var found = new List<(int Version, string Path)>();
        foreach (var folder in searchPath.Split(':', StringSplitOptions.RemoveEmptyEntries).Where(Directory.Exists))
        {
            foreach (var file in Directory.EnumerateFiles(folder, "clang*"))
            {
                var suffix = System.IO.Path.GetFileName(file)["clang".Length..];
                if (suffix.Length == 0)
                {
                    found.Add((0, file));
                }
                else if (suffix[0] == '-' && int.TryParse(suffix.AsSpan(1), NumberStyles.None, CultureInfo.InvariantCulture, out var version))
                {
                    found.Add((version == Preferred ? int.MaxValue : version, file));
                }
            }
        }

        // A stable sort: of equals the first on PATH counts.
        return found.OrderByDescending(candidate => candidate.Version).Select(candidate => candidate.Path);
    }

    private static bool HasBpf(string clang)
    {
        try
        {
            var (exitCode, text) = Run(clang, "/", ["-print-targets"]);
            return exitCode == 0 && text.Contains(" bpf ", StringComparison.Ordinal);
        }
        catch (System.ComponentModel.Win32Exception)
        {
            // Not there, or no program.
            return false;
        }
    }

    private static (int ExitCode, string Text) Run(string program, string folder, IEnumerable<string> arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { ["LC_ALL"] = "C" },
        }) ?? throw new UnreachableException();
        process.StandardInput.Close();

        // Both streams at once: a full pipe of one would hold up the other.
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output + error.GetAwaiter().GetResult());
    }
}
