using System.Diagnostics;

namespace Netpol.Lab;

/// <summary>A cgroup of threads: what a thread of this process opens there, belongs there, while other threads stay where they are.</summary>
public sealed class LabCgroup
{
    private const string Threads = "cgroup.threads";

    private static readonly TimeSpan LongestEnding = TimeSpan.FromSeconds(5);

    private LabCgroup(string path) => Path = path;

    public string Path { get; }

    /// <summary>Moves the calling thread, which should not outlive what it is needed for.</summary>
    public void Enter() => File.WriteAllText(System.IO.Path.Combine(Path, Threads), "0");

    internal static LabCgroup Create(string path)
    {
        Directory.CreateDirectory(path);
        File.WriteAllText(System.IO.Path.Combine(path, "cgroup.type"), "threaded");
        return new(path);
    }

    /// <summary>What is still there goes back to where it came from: threads of the pool and programs are born where the one is that starts them.</summary>
    internal static void Remove(string path)
    {
        for (var wait = Stopwatch.StartNew(); Directory.Exists(path); Thread.Sleep(5))
        {
            try
            {
                foreach (var thread in File.ReadAllLines(System.IO.Path.Combine(path, Threads)))
                {
                    Leave(path, thread);
                }

                Directory.Delete(path);
            }
            catch (IOException) when (wait.Elapsed < LongestEnding)
            {
                // A thread that ends takes a moment to be gone.
            }
        }
    }

    private static void Leave(string path, string thread)
    {
        try
        {
            File.WriteAllText(System.IO.Path.Combine(path, "..", Threads), thread);
        }
        catch (IOException)
        {
            // It has ended.
        }
    }
}
