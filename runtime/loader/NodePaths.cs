namespace Netpol.Loader;

/// <summary>Where a node's datapath lives: two folders, and nothing outside them.</summary>
/// <param name="Pins">A folder on a bpffs: maps, generations and links. It is made if it is missing, the bpffs is not.</param>
/// <param name="State">What must be known of endpoints and generations and is in no map. Best on a tmpfs: it is worth nothing after a reboot.</param>
public sealed record NodePaths(string Pins, string State)
{
    public static readonly NodePaths Default = new("/sys/fs/bpf/netpol", "/run/netpol");
}
