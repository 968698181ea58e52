using System.Globalization;
using Netpol.Loader.Native;

namespace Netpol.Loader;

/// <summary>
/// The node's folder on a bpffs: <c>control</c>, <c>events</c> and the other node maps; <c>generations/N/</c> with the maps of each;
/// <c>links/</c> with what holds programs on containers' devices, <c>uplinks/</c> on the node's own, <c>sockets/</c> on a cgroup.
/// </summary>
internal sealed class PinFolder(string path)
{
    private const long BpfFsMagic = 0xcafe4a11;

    private string GenerationsFolder => Path.Combine(path, "generations");

    private string LinksFolder => Path.Combine(path, "links");

    private string SocketsFolder => Path.Combine(path, "sockets");

    private string UplinksFolder => Path.Combine(path, "uplinks");

    /// <summary>Makes the folder; the bpffs it lies on must be there.</summary>
    internal void Create()
    {
        Require();
        try
        {
            Directory.CreateDirectory(GenerationsFolder);
            Directory.CreateDirectory(LinksFolder);
            Directory.CreateDirectory(SocketsFolder);
            Directory.CreateDirectory(UplinksFolder);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new LoaderException($"cannot make the folder of pins `{path}`: {e.Message}; run as root or name another folder", e);
        }
    }

    internal bool Exists => Directory.Exists(path);

    // bpffs keeps names with a dot for itself (kernel/bpf/inode.c, bpf_lookup), and sections of constants begin with one.
    internal string NodeMap(string name) => Path.Combine(path, name.Replace('.', '_'));

    internal string Generation(uint generation) =>
        Path.Combine(GenerationsFolder, generation.ToString(CultureInfo.InvariantCulture));

    internal string GenerationMap(uint generation, string name) => Path.Combine(Generation(generation), name.Replace('.', '_'));

    internal string GenerationProgram(uint generation, string name) => Path.Combine(Generation(generation), name);

    internal string SpareStub(uint generation, int slot, string name) =>
        Path.Combine(Generation(generation), string.Create(CultureInfo.InvariantCulture, $"stub-{slot}-{name}"));

    internal IEnumerable<string> SpareStubs(uint generation, string name) =>
        Directory.EnumerateFiles(Generation(generation), "stub-*-" + name);

    internal string Link(uint endpoint, string program) =>
        Path.Combine(LinksFolder, string.Create(CultureInfo.InvariantCulture, $"{endpoint}-{program}"));

    /// <summary>Of a program on the cgroup.</summary>
    internal string SocketLink(string program) => Path.Combine(SocketsFolder, program);

    /// <summary>Of the stub on an uplink, by the device's index.</summary>
    internal string UplinkLink(int index) => Path.Combine(UplinksFolder, string.Create(CultureInfo.InvariantCulture, $"{index}"));

    /// <summary>Where the uplink has a filter in place of a link: the stub itself.</summary>
    internal string UplinkFilter(int index) => Path.Combine(UplinksFolder, string.Create(CultureInfo.InvariantCulture, $"{index}-filter"));

    /// <summary>Of the stub that the uplink's driver runs.</summary>
    internal string XdpLink(int index, string mode) => Path.Combine(UplinksFolder, string.Create(CultureInfo.InvariantCulture, $"{index}-xdp-{mode}"));

    /// <summary>All of them, by name.</summary>
    internal IEnumerable<string> Uplinks() =>
        Directory.Exists(UplinksFolder) ? Directory.EnumerateFiles(UplinksFolder).Select(file => Path.GetFileName(file)) : [];

    internal IEnumerable<uint> Generations() =>
        Directory.EnumerateDirectories(GenerationsFolder)
            .Select(folder => uint.TryParse(Path.GetFileName(folder), CultureInfo.InvariantCulture, out var number) ? number : 0)
            .Where(number => number > 0);

    internal void DeleteGeneration(uint generation)
    {
        var folder = Generation(generation);
        if (!Directory.Exists(folder))
        {
            return;
        }

        foreach (var pin in Directory.EnumerateFiles(folder))
        {
            File.Delete(pin);
        }

        Directory.Delete(folder);
    }

    internal IEnumerable<string> Links() => Directory.EnumerateFiles(LinksFolder);

    /// <exception cref="LoaderException">The nearest folder that exists is on no bpffs.</exception>
    private unsafe void Require()
    {
        var nearest = Path.GetFullPath(path);
        while (!Directory.Exists(nearest))
        {
            nearest = Path.GetDirectoryName(nearest) ?? "/";
        }

        // struct statfs is 120 bytes and begins with f_type on the 64-bit kernels we run on.
        var buffer = stackalloc byte[256];
        if (LibC.statfs(nearest, buffer) != 0 || *(long*)buffer != BpfFsMagic)
        {
            throw new LoaderException(
                $"`{path}` is not on a bpffs; mount one with `mount -t bpf bpf {MountPoint(path)}` or name another folder of pins");
        }
    }

    private static string MountPoint(string path) =>
        path.StartsWith("/sys/fs/bpf", StringComparison.Ordinal) ? "/sys/fs/bpf" : Path.GetDirectoryName(Path.GetFullPath(path)) ?? "/";
}
