using System.Buffers.Binary;
using System.Text;
using System.Text.Json;

namespace Netpol.Loader.State;

/// <summary>
/// The endpoints of other nodes, as a file that a change is appended to: ten thousand of them change their labels all the time. A record that a
/// killed process did not write whole is none. Once most of it is of the past it is written anew.
/// </summary>
internal sealed class RemoteFile(string path)
{
    private const int LeastDead = 4096;

    private readonly Dictionary<string, EndpointRecord> _endpoints = new(StringComparer.Ordinal);
    private long _length;
    private int _records;
    private bool _isRead;

    private enum Kind : byte
    {
        Put = 1,
        Withdraw = 2,
    }

    internal IReadOnlyDictionary<string, EndpointRecord> Endpoints
    {
        get
        {
            Load();
            return _endpoints;
        }
    }

    internal void Put(EndpointRecord record)
    {
        Load();
        Append(Kind.Put, RecordText.Of(record));
        _endpoints[record.Spec.ContainerId] = record;
        Compact();
    }

    internal void Withdraw(string key)
    {
        Load();
        Append(Kind.Withdraw, Encoding.UTF8.GetBytes(key));
        _endpoints.Remove(key);
        Compact();
    }

    private void Append(Kind kind, byte[] content)
    {
        using FileStream file = new(path, FileMode.OpenOrCreate, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
        file.SetLength(_length);
        file.Seek(_length, SeekOrigin.Begin);
        file.Write(Record(kind, content));
        _length += GrowingRecords.HeadLength + content.Length;
        _records++;
    }

    private void Compact()
    {
        if (_records > LeastDead + (2 * _endpoints.Count))
        {
            var content = _endpoints.Values.SelectMany(record => Record(Kind.Put, RecordText.Of(record))).ToArray();
            StateFile.Replace(path, content);
            (_length, _records) = (content.Length, _endpoints.Count);
        }
    }

    private static byte[] Record(Kind kind, byte[] content)
    {
        var record = new byte[GrowingRecords.HeadLength + content.Length];
        BinaryPrimitives.WriteInt32LittleEndian(record, record.Length);
        record[GrowingRecords.ByteOffset] = (byte)kind;
        content.CopyTo(record, GrowingRecords.HeadLength);
        return record;
    }

    private void Load()
    {
        if (_isRead)
        {
            return;
        }

        _isRead = true;
        var content = GrowingRecords.ReadFile(path);
        foreach (var (start, end) in GrowingRecords.In(content))
        {
            var text = content.AsSpan((start + GrowingRecords.HeadLength)..end);
            if ((Kind)content[start + GrowingRecords.ByteOffset] == Kind.Withdraw)
            {
                _endpoints.Remove(Encoding.UTF8.GetString(text));
            }
            else
            {
                var record = RecordText.ReadEndpoint(JsonElement.Parse(text));
                _endpoints[record.Spec.ContainerId] = record;
            }

            _length = end;
            _records++;
        }
    }
}
