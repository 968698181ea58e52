using System.Diagnostics;

namespace Netpol.Lab;

/// <summary>A cgroup of threads: what a thread of this process opens there, belongs there, while other threads stay where they are.</summary>
public sealed class LabCgroup
{
    private static readonly TimeSpan LongestEnding = TimeSpan.FromSeconds(5);

    private LabCgroup(string path) => Path = path;

    public string Path { get; }

    /// <summary>Moves the calling thread, which should not outlive what it is needed for.</summary>
    public void Enter() => File.WriteAllText(System.IO.Path.Combine(Path, "cgroup.threads"), "0");

    internal static LabCgroup Create(string path)
    {
        Directory.CreateDirectory(path);
        File.WriteAllText(System.IO.Path.Combine(path, "cgroup.type"), "threaded");
        return new(path);
    }

    /// <summary>Waits for threads that are about to end.</summary>
    internal static void Remove(string path)
    {
        for (var wait = Stopwatch.StartNew(); Directory.Exists(path); Thread.Sleep(5))
        {
            try
            {
                Directory.Delete(path);
            }
            catch (IOException) when (wait.Elapsed < LongestEnding)
            {
            }
        }
    }
}
