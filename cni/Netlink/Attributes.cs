using System.Text;

namespace Netpol.Cni.Netlink;

/// <summary>Walks the attributes of an answer: length (with the four bytes of this header), type, value, padding to four.</summary>
internal ref struct Attributes(ReadOnlySpan<byte> bytes)
{
    /// <summary>The two upper bits of a type are flags (nested, byte order).</summary>
    private const ushort TypeMask = 0x3fff;

    private ReadOnlySpan<byte> _rest = bytes;

    public ushort Type { get; private set; }

    public ReadOnlySpan<byte> Value { get; private set; }

    public readonly string Text => Encoding.UTF8.GetString(Value.TrimEnd((byte)0));

    public readonly int Integer => Value.Length >= 4 ? BitConverter.ToInt32(Value) : 0;

    public bool MoveNext()
    {
        if (_rest.Length < 4)
        {
            return false;
        }

        int length = BitConverter.ToUInt16(_rest);
        if (length < 4 || length > _rest.Length)
        {
            return false;
        }

        Type = (ushort)(BitConverter.ToUInt16(_rest[2..]) & TypeMask);
        Value = _rest[4..length];
        _rest = _rest[Math.Min((length + 3) & ~3, _rest.Length)..];
        return true;
    }
}
