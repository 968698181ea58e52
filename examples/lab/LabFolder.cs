using System.Globalization;
using Netpol.Lab.Native;

namespace Netpol.Lab;

/// <summary>
/// A folder that belongs to this process and goes with it. Its name carries the process's id and start time, so that a later
/// lab finds what a killed one left, unmounts and removes it.
/// </summary>
public sealed class LabFolder : IDisposable
{
    private const string Root = "/run/netpol-lab";

    private LabFolder(string path) => Path = path;

    public string Path { get; }

    public static LabFolder Create()
    {
        if (!Environment.IsPrivilegedProcess)
        {
            throw new LabException("a lab is made of network namespaces: run it as root");
        }

        Directory.CreateDirectory(Root);
        Sweep();
        var name = string.Create(
            CultureInfo.InvariantCulture,
            $"{Environment.ProcessId}-{StartTime(Environment.ProcessId)}-{Random.Shared.Next():x}");
        return new(Directory.CreateDirectory(System.IO.Path.Combine(Root, name)).FullName);
    }

    /// <summary>The path of a new folder inside.</summary>
    public string Subfolder(string name) => Directory.CreateDirectory(System.IO.Path.Combine(Path, name)).FullName;

    /// <summary>Mounts an eBPF file system of its own in a new folder inside.</summary>
    public string MountBpf(string name)
    {
        var folder = Subfolder(name);
        NetworkNamespace.Require(Libc.mount("bpf", folder, "bpf", 0, null), $"mount a bpffs at {folder}");
        return folder;
    }

    /// <summary>A cgroup that goes with the folder, by a mount of its own inside.</summary>
    public LabCgroup MakeCgroup()
    {
        var mount = Subfolder("cgroup");
        NetworkNamespace.Require(Libc.mount("none", mount, "cgroup2", 0, null), $"mount a cgroup2 at {mount}");
        return LabCgroup.Create(CgroupOf(Path));
    }

    public void Dispose() => Remove(Path);

    private static void Sweep()
    {
        foreach (var folder in Directory.GetDirectories(Root))
        {
            var parts = System.IO.Path.GetFileName(folder).Split('-');
            if (parts.Length == 3
                && int.TryParse(parts[0], CultureInfo.InvariantCulture, out var process)
                && StartTime(process) != parts[1])
            {
                Remove(folder);
            }
        }
    }

    // The mount shows every cgroup of the machine; this one alone is ours.
    private static string CgroupOf(string folder) => System.IO.Path.Combine(folder, "cgroup", $"netpol-lab-{System.IO.Path.GetFileName(folder)}");

    private static void Remove(string folder)
    {
        LabCgroup.Remove(CgroupOf(folder));
        // The innermost mount first; field 5 of a line is its place (proc(5), mountinfo).
        var mounts = File.ReadLines("/proc/self/mountinfo")
            .Select(line => line.Split(' ')[4])
            .Where(place => place.StartsWith(folder + "/", StringComparison.Ordinal))
            .OrderDescending(StringComparer.Ordinal)
            .ToArray();
        foreach (var mount in mounts)
        {
            _ = Libc.umount2(mount, Libc.MNT_DETACH);
        }

        if (File.ReadLines("/proc/self/mountinfo").Any(line => line.Contains($" {folder}/cgroup ", StringComparison.Ordinal)))
        {
            throw new LabException($"{folder}/cgroup is still mounted, so {folder} stays: it shows cgroups that are not the lab's");
        }

        try
        {
            Directory.Delete(folder, recursive: true);
        }
        catch (DirectoryNotFoundException)
        {
            // Two processes sweep at once.
        }
    }

    // Field 22 of /proc/PID/stat, in clock ticks since boot: with it a process id is unique. Empty: no such process.
    private static string StartTime(int process)
    {
        try
        {
            var stat = File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{process}/stat"));
            return stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[19];
        }
        catch (IOException)
        {
            return "";
        }
    }
}
