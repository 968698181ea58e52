using System.Buffers.Binary;
using System.Collections.Immutable;
using Netpol.Bundle.Verdicts;

namespace Netpol.Loader.Classes;

/// <summary>
/// The classes of a generation as a file that only grows. A record is appended before the tables know of the class and marked once they
/// do, so that a process killed in between leaves an id that is never used, and nothing half made that is.
/// </summary>
internal sealed class ClassFile(string path) : IClassStore
{
    internal const string FileName = "classes.bin";

    // Length of the record, then the mark.
    private const int HeadLength = sizeof(int) + 1;

    private List<AddressClass>? _classes;
    private int _lastId;
    private long _length;

    public int LastId
    {
        get
        {
            Load();
            return _lastId;
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
        _lastId = added.Id;
        publish();
        file.Seek(start + sizeof(int), SeekOrigin.Begin);
        file.WriteByte(1);
        known.Add(added);
    }

    /// <summary>All of a generation that was just made.</summary>
    internal static byte[] Bytes(ImmutableArray<AddressClass> classes)
    {
        using MemoryStream all = new();
        foreach (var each in classes)
        {
            var record = Bytes(each);
            record[sizeof(int)] = 1;
            all.Write(record);
        }

        return all.ToArray();
    }

    private List<AddressClass> Load()
    {
        if (_classes is not null)
        {
            return _classes;
        }

        List<AddressClass> classes = [];
        var content = File.Exists(path) ? File.ReadAllBytes(path) : [];
        var at = 0;
        while (at + HeadLength <= content.Length)
        {
            var length = BinaryPrimitives.ReadInt32LittleEndian(content.AsSpan(at));
            if (length < HeadLength || at + length > content.Length)
            {
                break;
            }

            using BinaryReader from = new(new MemoryStream(content, at + HeadLength, length - HeadLength));
            var read = Read(from);
            _lastId = Math.Max(_lastId, read.Id);
            if (content[at + sizeof(int)] == 1)
            {
                classes.Add(read);
            }

            at += length;
        }

        _length = at;
        return _classes = classes;
    }

    private static byte[] Bytes(AddressClass added)
    {
        using MemoryStream stream = new();
        using BinaryWriter to = new(stream);
        to.Write(0);
        to.Write((byte)0);
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

    private static AddressClass Read(BinaryReader from)
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

        return new AddressClass(id, bits.MoveToImmutable(), isEndpoint, ports.MoveToImmutable());
    }
}
