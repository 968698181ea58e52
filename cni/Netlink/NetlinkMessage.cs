using System.Net;
using System.Text;

namespace Netpol.Cni.Netlink;

/// <summary>
/// One rtnetlink request under construction (rtnetlink(7)): header, a fixed struct, attributes that may nest. Everything
/// is in host byte order and starts on a multiple of four.
/// </summary>
internal sealed class NetlinkMessage
{
    private const int HeaderLength = 16;

    private byte[] _bytes = new byte[256];
    private int _length = HeaderLength;

    public NetlinkMessage(ushort type, ushort flags)
    {
        BitConverter.TryWriteBytes(_bytes.AsSpan(4), type);
        BitConverter.TryWriteBytes(_bytes.AsSpan(6), flags);
    }

    /// <summary><c>struct ifinfomsg</c>.</summary>
    public NetlinkMessage LinkHeader(int index = 0, uint flags = 0, uint changedFlags = 0)
    {
        var header = Grow(16);
        BitConverter.TryWriteBytes(header[4..], index);
        BitConverter.TryWriteBytes(header[8..], flags);
        BitConverter.TryWriteBytes(header[12..], changedFlags);
        return this;
    }

    /// <summary><c>struct ifaddrmsg</c>.</summary>
    public NetlinkMessage AddressHeader(byte family, int prefixLength, int index)
    {
        var header = Grow(8);
        header[0] = family;
        header[1] = (byte)prefixLength;
        BitConverter.TryWriteBytes(header[4..], index);
        return this;
    }

    /// <summary><c>struct rtmsg</c>: a unicast route of the main table, made by an administrator.</summary>
    public NetlinkMessage RouteHeader(byte family, int prefixLength, byte scope, uint flags)
    {
        var header = Grow(12);
        header[0] = family;
        header[1] = (byte)prefixLength;
        header[4] = Rtnetlink.RT_TABLE_MAIN;
        header[5] = Rtnetlink.RTPROT_STATIC;
        header[6] = scope;
        header[7] = Rtnetlink.RTN_UNICAST;
        BitConverter.TryWriteBytes(header[8..], flags);
        return this;
    }

    public NetlinkMessage Attribute(ushort type, ReadOnlySpan<byte> value)
    {
        var start = _length;
        value.CopyTo(Grow(4 + value.Length)[4..]);
        WriteAttributeHeader(start, type, 4 + value.Length);
        return this;
    }

    public NetlinkMessage Attribute(ushort type, string text) => Attribute(type, Encoding.UTF8.GetBytes(text + '\0'));

    public NetlinkMessage Attribute(ushort type, uint value) => Attribute(type, BitConverter.GetBytes(value));

    public NetlinkMessage Attribute(ushort type, IPAddress address) => Attribute(type, address.GetAddressBytes());

    public NetlinkMessage Nested(ushort type, Action<NetlinkMessage> content)
    {
        var start = _length;
        Grow(4);
        content(this);
        WriteAttributeHeader(start, type, _length - start);
        return this;
    }

    public ReadOnlySpan<byte> Finish(uint sequence)
    {
        BitConverter.TryWriteBytes(_bytes, _length);
        BitConverter.TryWriteBytes(_bytes.AsSpan(8), sequence);
        return _bytes.AsSpan(0, _length);
    }

    private void WriteAttributeHeader(int start, ushort type, int length)
    {
        BitConverter.TryWriteBytes(_bytes.AsSpan(start), (ushort)length);
        BitConverter.TryWriteBytes(_bytes.AsSpan(start + 2), type);
    }

    private Span<byte> Grow(int count)
    {
        var start = _length;
        _length += (count + 3) & ~3;
        if (_length > _bytes.Length)
        {
            Array.Resize(ref _bytes, Math.Max(_length, _bytes.Length * 2));
        }

        return _bytes.AsSpan(start, count);
    }
}
