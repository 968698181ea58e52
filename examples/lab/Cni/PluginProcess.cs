using System.Diagnostics;
using System.Text;

namespace Netpol.Lab.Cni;

/// <summary>One run of one CNI plugin inside a network namespace.</summary>
public static class PluginProcess
{
    private static readonly TimeSpan LongestRun = TimeSpan.FromSeconds(90);

    /// <param name="killAfter">Send SIGKILL this long after the start; null: let it end.</param>
    public static PluginAnswer Run(
        NetworkNamespace node,
        string program,
        IReadOnlyDictionary<string, string> variables,
        string input,
        TimeSpan? killAfter = null)
    {
        // A child is born into the network namespace of the thread that starts it.
        using var process = node.Run(() => Start(program, variables));
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        Feed(process, input);

        if (killAfter is { } delay)
        {
            WaitExactly(delay);
            Kill(process);
        }
        else if (!process.WaitForExit(LongestRun))
        {
            Kill(process);
            throw new LabException($"{program} did not end within {LongestRun.TotalSeconds:0} s");
        }

        process.WaitForExit();
        return new(process.ExitCode, output.Result, error.Result);
    }

    private static Process Start(string program, IReadOnlyDictionary<string, string> variables)
    {
        var start = new ProcessStartInfo(program)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardInputEncoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false),
        };
        start.Environment.Clear();
        start.Environment["PATH"] = "/usr/sbin:/usr/bin:/sbin:/bin";
        foreach (var (name, value) in variables)
        {
            start.Environment[name] = value;
        }

        return Process.Start(start) ?? throw new LabException($"{program} does not start");
    }

    private static void Feed(Process process, string input)
    {
        try
        {
            process.StandardInput.Write(input);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It ended without reading; its exit code says why.
        }
    }

    private static void Kill(Process process)
    {
        try
        {
            process.Kill();
        }
        catch (InvalidOperationException)
        {
            // It has ended already.
        }
    }

    // Sleeping is too coarse to hit a program that runs for some milliseconds.
    private static void WaitExactly(TimeSpan delay)
    {
        var clock = Stopwatch.StartNew();
        while (clock.Elapsed < delay)
        {
            Thread.SpinWait(50);
        }
    }
}

/// <summary>How a plugin ended and what it wrote.</summary>
public sealed record PluginAnswer(int ExitCode, string Output, string Error);
