using System.Diagnostics;

namespace Netpol.Lab;

/// <summary>Runs a system tool inside a network namespace.</summary>
public static class Tool
{
    private static readonly TimeSpan LongestRun = TimeSpan.FromSeconds(30);

    /// <param name="command">Program and arguments, separated by blanks.</param>
    /// <returns>What it wrote to its standard output.</returns>
    public static string Run(NetworkNamespace network, string command)
    {
        var words = command.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        ProcessStartInfo start = new(words[0], words[1..]) { RedirectStandardOutput = true, RedirectStandardError = true };

        // A child is born into the network namespace of the thread that starts it.
        using var process = network.Run(() => Process.Start(start)) ?? throw new LabException($"{words[0]} does not start");
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        if (!process.WaitForExit(LongestRun))
        {
            process.Kill();
            throw new LabException($"`{command}` did not end within {LongestRun.TotalSeconds:0} s");
        }

        if (process.ExitCode != 0)
        {
            throw new LabException($"`{command}` failed: {output.Result}{error.Result}");
        }

        return output.Result;
    }
}
