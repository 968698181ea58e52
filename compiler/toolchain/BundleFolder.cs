using System.Runtime.InteropServices;
using Netpol.Bundle;

namespace Netpol.Toolchain;

/// <summary>
/// The folder of a bundle being made: a hidden one beside its place, so that it can be moved there in one step. Who
/// looks at the place sees the bundle before or the bundle after, never a part.
/// </summary>
internal sealed partial class BundleFolder : IDisposable
{
    private const int CurrentFolder = -100;   // AT_FDCWD
    private const uint Exchange = 2;          // RENAME_EXCHANGE

    private readonly string _root;
    private readonly string _place;
    private bool _isKept;

    private BundleFolder(string root, string place) => (_root, _place) = (root, place);

    /// <summary>What becomes the bundle.</summary>
    public string Bundle => Path.Combine(_root, "bundle");

    /// <summary>What clang sees as its working folder.</summary>
    public string Work => Path.Combine(_root, "work");

    /// <summary>May the place be taken: it is not there, empty, or an earlier bundle?</summary>
    public static bool IsFree(string place) =>
        !File.Exists(place)
        && (!Directory.Exists(place) || File.Exists(Path.Combine(place, Manifest.FileName)) || !Directory.EnumerateFileSystemEntries(place).Any());

    public static BundleFolder Create(string place)
    {
        var full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(place));
        var parent = Path.GetDirectoryName(full) ?? "/";
        Directory.CreateDirectory(parent);
        var root = Path.Combine(parent, $".{Path.GetFileName(full)}.{Guid.NewGuid():N}");
        var folder = new BundleFolder(root, full);
        Directory.CreateDirectory(folder.Bundle);
        Directory.CreateDirectory(folder.Work);
        return folder;
    }

    /// <summary>Puts the bundle into its place; an earlier one goes with this folder.</summary>
    public void Commit()
    {
        if (!Directory.Exists(_place))
        {
            Directory.Move(Bundle, _place);
        }
        else if (Renameat2(CurrentFolder, Bundle, CurrentFolder, _place, Exchange) != 0)
        {
            // A file system without RENAME_EXCHANGE (NFS, some overlays): two steps, the old one first out of the way.
            Directory.Move(_place, Path.Combine(_root, "before"));
            Directory.Move(Bundle, _place);
        }
    }

    /// <summary>Leaves the work folder for a look at what went wrong.</summary>
    public string Keep()
    {
        _isKept = true;
        return Work;
    }

    public void Dispose()
    {
        if (!_isKept)
        {
            Directory.Delete(_root, recursive: true);
        }
    }

    [LibraryImport("libc", EntryPoint = "renameat2", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static partial int Renameat2(int oldFolder, string oldPath, int newFolder, string newPath, uint flags);
}
