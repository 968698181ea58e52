using System.Diagnostics;
using System.Text;
using Netpol.Lab;

namespace Netpol.Demo;

/// <summary>The command <c>netpol</c> as an administrator runs it, in a folder and, where it concerns a node, on that node.</summary>
/// <param name="command">The program and the arguments that come before any other; at least the program.</param>
internal sealed class NetpolCli(string[] command, string folder)
{
    private static readonly TimeSpan LongestRun = TimeSpan.FromSeconds(60);

    /// <exception cref="DemoException">The command failed; its own words say why.</exception>
    public string Run(NetworkNamespace? node, string input, params string[] arguments)
    {
        using var process = Start(node, arguments);
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEndAsync();
        process.StandardInput.Write(input);
        process.StandardInput.Close();
        if (!process.WaitForExit(LongestRun))
        {
            process.Kill();
            throw new DemoException($"`netpol {string.Join(' ', arguments)}` did not end within {LongestRun.TotalSeconds:0} s");
        }

        return process.ExitCode == 0
            ? output.Result
            : throw new DemoException($"`netpol {string.Join(' ', arguments)}` ended with {process.ExitCode}:\n{output.Result}{error.Result}");
    }

    public Process Start(NetworkNamespace? node, params string[] arguments)
    {
        var start = new ProcessStartInfo(command[0], [.. command[1..], .. arguments])
        {
            WorkingDirectory = folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardInputEncoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false),
        };

        // A child is born into the network namespace of the thread that starts it.
        var process = node is null ? Process.Start(start) : node.Run(() => Process.Start(start));
        return process ?? throw new DemoException($"{command[0]} does not start");
    }
}
