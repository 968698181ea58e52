using System.ComponentModel;
using System.Runtime.InteropServices;
using System.Text;

namespace Netpol.Toolchain;

/// <summary>
/// Waits until files change, by inotify(7) on their folders: an editor that writes a file beside it and renames that is seen as well as one that
/// writes into the file. A file that is being written counts when its writer closes it, so that no half of a text is read.
/// </summary>
public sealed partial class SourceWatch : IDisposable
{
    /// <summary>After a change, so long nothing else must change: who saves ten files means all of them.</summary>
    private const int SettleMilliseconds = 5;

    /// <summary>A writer that leaves its file open is waited for no longer.</summary>
    private const int PatienceMilliseconds = 1000;

    private const int BreathMilliseconds = 100;

    private const int NonBlocking = 0x800, CloseOnExec = 0x80000;   // IN_NONBLOCK, IN_CLOEXEC
    private const short Readable = 1;   // POLLIN
    private const int SizeOfEvent = 16, LengthInEvent = 12, MaskInEvent = 4;   // struct inotify_event

    private const uint Modified = 0x2, ClosedAfterWriting = 0x8, MovedFrom = 0x40, MovedTo = 0x80, Created = 0x100, Deleted = 0x200;
    private const uint FolderDeleted = 0x400, FolderMoved = 0x800, Overflow = 0x4000, Forgotten = 0x8000;

    private readonly int _descriptor;
    private readonly Dictionary<string, int> _folders = new(StringComparer.Ordinal);
    private readonly HashSet<(int Folder, string Name)> _beingWritten = [];
    private readonly byte[] _events = new byte[64 * 1024];

    /// <exception cref="IOException">The user has no inotify instance left.</exception>
    public SourceWatch()
    {
        _descriptor = Init(NonBlocking | CloseOnExec);
        if (_descriptor < 0)
        {
            throw new IOException($"files cannot be followed: {new Win32Exception(Marshal.GetLastPInvokeError()).Message}; see fs.inotify.max_user_instances");
        }
    }

    /// <summary>Waits for changes in these folders, and in no others, from now on. One that is not there is left out.</summary>
    /// <returns>A folder is new: what changed in it before now was not seen.</returns>
    public bool Follow(IEnumerable<string> folders)
    {
        var wanted = folders.ToHashSet(StringComparer.Ordinal);
        foreach (var (folder, watch) in _folders.Where(known => !wanted.Contains(known.Key)).ToList())
        {
            _ = Remove(_descriptor, watch);
            _folders.Remove(folder);
        }

        var isNew = false;
        foreach (var folder in wanted.Where(folder => !_folders.ContainsKey(folder)))
        {
            if (Add(_descriptor, folder, Modified | ClosedAfterWriting | MovedFrom | MovedTo | Created | Deleted | FolderDeleted | FolderMoved) is var watch and >= 0)
            {
                _folders.Add(folder, watch);
                isNew = true;
            }
        }

        return isNew;
    }

    /// <summary>Waits until something changed and nothing is being written.</summary>
    /// <param name="seen">Called when the first change is seen.</param>
    /// <returns>False: cancelled.</returns>
    public bool Wait(Action seen, CancellationToken cancellation)
    {
        var hasChanged = false;
        var waited = 0;
        while (!cancellation.IsCancellationRequested)
        {
            var patience = !hasChanged ? BreathMilliseconds : SettleMilliseconds;
            if (HasEvents(patience))
            {
                if (Read() && !hasChanged)
                {
                    seen();
                    hasChanged = true;
                }
            }
            else if (hasChanged)
            {
                waited += patience;
                if (_beingWritten.Count == 0 || waited >= PatienceMilliseconds)
                {
                    _beingWritten.Clear();
                    return true;
                }
            }
        }

        return false;
    }

    public void Dispose() => _ = Close(_descriptor);

    private bool HasEvents(int milliseconds)
    {
        var poll = new PollDescriptor { Descriptor = _descriptor, Events = Readable };
        return Poll(ref poll, 1, milliseconds) > 0;
    }

    // True: a change that may matter.
    private bool Read()
    {
        var matters = false;
        var length = Read(_descriptor, _events, (nuint)_events.Length);
        for (var at = 0; at < length;)
        {
            var folder = BitConverter.ToInt32(_events, at);
            var mask = BitConverter.ToUInt32(_events, at + MaskInEvent);
            var nameLength = BitConverter.ToInt32(_events, at + LengthInEvent);
            var name = Encoding.UTF8.GetString(_events, at + SizeOfEvent, nameLength).TrimEnd('\0');
            matters |= Matters(folder, name, mask);
            at += SizeOfEvent + nameLength;
        }

        return matters;
    }

    private bool Matters(int folder, string name, uint mask)
    {
        if ((mask & (Forgotten | FolderDeleted | FolderMoved)) != 0)
        {
            // What is at its path now is another folder, or none.
            foreach (var gone in _folders.Where(known => known.Value == folder).Select(known => known.Key).ToList())
            {
                _folders.Remove(gone);
            }

            return true;
        }

        if ((mask & (Modified | Created)) != 0)
        {
            // Who creates a file writes it next. What is whole from the start, such as a link, is waited for in vain, and not for long.
            _beingWritten.Add((folder, name));
            return (mask & Created) != 0;
        }

        _beingWritten.Remove((folder, name));
        return true;
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct PollDescriptor
    {
        public int Descriptor;
        public short Events;
        public short Returned;
    }

    [LibraryImport("libc", EntryPoint = "inotify_init1", SetLastError = true)]
    private static partial int Init(int flags);

    [LibraryImport("libc", EntryPoint = "inotify_add_watch", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Add(int descriptor, string path, uint mask);

    [LibraryImport("libc", EntryPoint = "inotify_rm_watch")]
    private static partial int Remove(int descriptor, int watch);

    [LibraryImport("libc", EntryPoint = "poll")]
    private static partial int Poll(ref PollDescriptor descriptors, nuint count, int milliseconds);

    [LibraryImport("libc", EntryPoint = "read")]
    private static partial nint Read(int descriptor, byte[] buffer, nuint length);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int descriptor);
}
