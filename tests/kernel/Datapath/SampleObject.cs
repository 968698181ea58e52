using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;

namespace Netpol.Tests.Kernel.Datapath;

/// <summary>tests/kernel/Sample/sample.bpf.c through clang, once a run, without a file left behind.</summary>
internal static class SampleObject
{
    private static readonly Lazy<byte[]> Content = new(() => Compile());

    internal static byte[] Bytes => Content.Value;

    /// <summary>The folder that holds Dsl.sln.</summary>
    internal static string Root { get; } = FindRoot();

    /// <param name="constants">Values in place of the sample's own, such as <c>NETPOL_IPV6</c> 0.</param>
    internal static byte[] Compile(params (string Name, int Value)[] constants)
    {
        var folder = Path.Combine(Root, "tests/kernel/Sample");
        var source = File.ReadAllText(Path.Combine(folder, "sample.bpf.c"));
        foreach (var (name, value) in constants)
        {
            source = Regex.Replace(source, $@"^#define {name}\s.*$", $"#define {name} {value}", RegexOptions.Multiline);
        }

        return Clang(folder, source);
    }

    /// <summary>A bundle's generated source, as the compiler builds it.</summary>
    internal static byte[] Clang(string folder, string source)
    {
        var start = new ProcessStartInfo("clang-19")
        {
            WorkingDirectory = folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        var machine = RuntimeInformation.OSArchitecture == Architecture.Arm64 ? "aarch64-linux-gnu" : "x86_64-linux-gnu";
        foreach (var argument in (string[])
            [
                "-target", "bpf", "-mcpu=v3", "-O2", "-g", "-Wall", "-Werror", "-I", Path.Combine(Root, "compiler/datapath"),
                "-I", $"/usr/include/{machine}", "-x", "c", "-c", "-", "-o", "-",
            ])
        {
            start.ArgumentList.Add(argument);
        }

        using var clang = Process.Start(start) ?? throw new InvalidOperationException("clang-19 does not start");
        var errors = clang.StandardError.ReadToEndAsync();
        using MemoryStream output = new();
        var reading = clang.StandardOutput.BaseStream.CopyToAsync(output);
        clang.StandardInput.Write(source);
        clang.StandardInput.Close();
        reading.Wait();
        clang.WaitForExit();
        Assert.True(clang.ExitCode == 0, errors.Result);
        return output.ToArray();
    }

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Dsl.sln")))
            {
                return folder.FullName;
            }
        }

        throw new InvalidOperationException($"no Dsl.sln above {AppContext.BaseDirectory}");
    }
}
