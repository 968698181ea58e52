using System.Buffers.Binary;
using System.Collections.Immutable;
using Netpol.Bundle.Verdicts;
using Netpol.Loader.State;

namespace Netpol.Loader.Classes;

/// <summary>
/// The classes of a generation as a file that grows. A record is appended before the tables know of the class and marked once they do, so
/// that a process killed in between leaves an id that is never used, and nothing half made that is. A mark is one byte, written in place.
/// </summary>
internal sealed class ClassFile(string path) : IClassStore
{
    internal const string FileName = "classes.bin";

    private readonly Dictionary<int, long> _places = [];
    private List<AddressClass>? _classes;
    private int _lastId;
    private long _length;

    private enum Mark : byte
    {
        /// <summary>Tables may lack of it.</summary>
        Begun = 0,
        Known = 1,
        Judged = 2,

        /// <summary>Nothing is of it any more, and its entries of tables go.</summary>
        Retired = 3,
    }

    public int LastId
    {
        get
        {
            Load();
            return _lastId;
        }
    }

    /// <summary>How long the file is: another process has changed it where this is not what it was.</summary>
    internal static long LengthOf(string path) => new FileInfo(path) is { Exists: true } file ? file.Length : 0;

    internal long Length
    {
        get
        {
            Load();
            return _length;
        }
    }

    public ImmutableArray<AddressClass> Read() => [.. Load()];

    public void Add(AddressClass added, Action publish)
    {
        var known = Load();
        using FileStream file = new(path, FileMode.OpenOrCreate, FileAccess.ReadWrite);
        // What a killed process did not write whole is no record.
        file.SetLength(_length);
        var start = file.Length;
        file.Seek(0, SeekOrigin.End);
        var record = Bytes(added);
        file.Write(record);
        file.Flush();
        _length = start + record.Length;
        _lastId = Math.Max(_lastId, added.Id);
        _places[added.Id] = start;
        publish();
        Write(file, start, MarkOf(added));
        known.Add(added);
    }

    public void Judge(AddressClass judged, Action publish)
    {
        var known = Load();
        publish();
        using FileStream file = new(path, FileMode.Open, FileAccess.ReadWrite);
        Write(file, _places[judged.Id], MarkOf(judged));
        known[known.FindIndex(each => each.Id == judged.Id)] = judged;
    }

    /// <summary>Nobody finds these any more; their ids may be given again once the tables have forgotten them.</summary>
    internal void Retire(IReadOnlySet<int> ids)
    {
        var known = Load();
        using FileStream file = new(path, FileMode.Open, FileAccess.ReadWrite);
        foreach (var id in ids)
        {
            Write(file, _places[id], Mark.Retired);
            _places.Remove(id);
        }

        known.RemoveAll(each => ids.Contains(each.Id));
    }

    /// <summary>All of a generation that was just made.</summary>
    internal static byte[] Bytes(IEnumerable<AddressClass> classes)
    {
        using MemoryStream all = new();
        foreach (var each in classes)
        {
            var record = Bytes(each);
            record[GrowingRecords.ByteOffset] = (byte)MarkOf(each);
            all.Write(record);
        }

        return all.ToArray();
    }

    private static Mark MarkOf(AddressClass of) => of.IsJudged ? Mark.Judged : Mark.Known;

    private static void Write(FileStream file, long record, Mark mark)
    {
        file.Seek(record + GrowingRecords.ByteOffset, SeekOrigin.Begin);
        file.WriteByte((byte)mark);
        file.Flush();
    }

    private List<AddressClass> Load()
    {
        if (_classes is not null)
        {
            return _classes;
        }

        List<AddressClass> classes = [];
        var content = GrowingRecords.ReadFile(path);
        foreach (var (start, end) in GrowingRecords.In(content))
        {
            var mark = (Mark)content[start + GrowingRecords.ByteOffset];
            var head = start + GrowingRecords.HeadLength;
            using BinaryReader from = new(new MemoryStream(content, head, end - head));
            var read = Read(from, mark == Mark.Judged);
            _lastId = Math.Max(_lastId, read.Id);
            if (mark is Mark.Known or Mark.Judged)
            {
                classes.Add(read);
                _places[read.Id] = start;
            }

            _length = end;
        }

        return _classes = classes;
    }

    private static byte[] Bytes(AddressClass added)
    {
        using MemoryStream stream = new();
        using BinaryWriter to = new(stream);
        to.Write(0);
        to.Write((byte)Mark.Begun);
        to.Write(added.Id);
        to.Write(added.IsEndpoint);
        to.Write7BitEncodedInt(added.Bits.Length);
        foreach (var bit in added.Bits)
        {
            to.Write7BitEncodedInt(bit);
        }

        to.Write7BitEncodedInt(added.Ports.Length);
        foreach (var port in added.Ports)
        {
            to.Write7BitEncodedInt(port.Name);
            to.Write((byte)port.Space);
            to.Write(port.Port);
        }

        to.Flush();
        var bytes = stream.ToArray();
        BinaryPrimitives.WriteInt32LittleEndian(bytes, bytes.Length);
        return bytes;
    }

    private static AddressClass Read(BinaryReader from, bool isJudged)
    {
        var id = from.ReadInt32();
        var isEndpoint = from.ReadBoolean();
        var bits = ImmutableArray.CreateBuilder<int>(from.Read7BitEncodedInt());
        while (bits.Count < bits.Capacity)
        {
            bits.Add(from.Read7BitEncodedInt());
        }

        var ports = ImmutableArray.CreateBuilder<ClassPort>(from.Read7BitEncodedInt());
        while (ports.Count < ports.Capacity)
        {
            ports.Add(new ClassPort(from.Read7BitEncodedInt(), (TrafficSpace)from.ReadByte(), from.ReadUInt16()));
        }

        return new AddressClass(id, bits.MoveToImmutable(), isEndpoint, isJudged, ports.MoveToImmutable());
    }
}
