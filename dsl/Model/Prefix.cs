using System.Buffers.Binary;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Netpol.Model;

/// <summary>Which of the two IP families an address, prefix or packet is of.</summary>
public enum IpFamily
{
    /// <summary>IPv4.</summary>
    V4,

    /// <summary>IPv6.</summary>
    V6,
}

/// <summary>An IP address as a number of its family's width. IPv4-mapped IPv6 addresses stay IPv6.</summary>
public readonly record struct Address(IpFamily Family, UInt128 Bits) : IComparable<Address>
{
    /// <summary>32 or 128.</summary>
    public int Width => Family == IpFamily.V4 ? 32 : 128;

    /// <summary>Reads an address in its textual form; false for anything else, scoped addresses included.</summary>
    public static bool TryParse(string text, out Address address)
    {
        address = default;
        if (text.Contains('%', StringComparison.Ordinal) || !IPAddress.TryParse(text, out var parsed))
        {
            return false;
        }

        // IPAddress takes "10" and "0x0a.1" too; a dotted quad has three dots and only digits.
        if (parsed.AddressFamily == AddressFamily.InterNetwork && !IsDottedQuad(text))
        {
            return false;
        }

        address = From(parsed);
        return true;
    }

    /// <summary>Reads an address that is known to be one; for tests and constants.</summary>
    public static Address Parse(string text) =>
        TryParse(text, out var address) ? address : throw new FormatException($"`{text}` is no IP address");

    public static Address From(IPAddress address)
    {
        Span<byte> bytes = stackalloc byte[16];
        if (!address.TryWriteBytes(bytes, out var length))
        {
            throw new UnreachableException();
        }

        return length == 4
            ? new(IpFamily.V4, BinaryPrimitives.ReadUInt32BigEndian(bytes))
            : new(IpFamily.V6, BinaryPrimitives.ReadUInt128BigEndian(bytes));
    }

    /// <summary>Network byte order, 4 or 16 bytes.</summary>
    public byte[] ToBytes()
    {
        var bytes = new byte[Width / 8];
        if (Family == IpFamily.V4)
        {
            BinaryPrimitives.WriteUInt32BigEndian(bytes, (uint)Bits);
        }
        else
        {
            BinaryPrimitives.WriteUInt128BigEndian(bytes, Bits);
        }

        return bytes;
    }

    public int CompareTo(Address other) =>
        Family != other.Family ? Family.CompareTo(other.Family) : Bits.CompareTo(other.Bits);

    public override string ToString() => new IPAddress(ToBytes()).ToString();

    private static bool IsDottedQuad(string text)
    {
        var parts = text.Split('.');
        return parts.Length == 4 && parts.All(part =>
            part.Length is > 0 and <= 3 && part.All(char.IsAsciiDigit) && (part.Length == 1 || part[0] != '0'));
    }
}

/// <summary>An address prefix in CIDR form. The host bits are always zero (`Of` clears them).</summary>
public readonly record struct Prefix : IComparable<Prefix>
{
    private Prefix(Address network, int length) => (Network, Length) = (network, length);

    public Address Network { get; }

    /// <summary>0 to 32 or 0 to 128.</summary>
    public int Length { get; }

    public IpFamily Family => Network.Family;

    /// <summary>The last address of the prefix.</summary>
    public Address Last => new(Family, Network.Bits | HostMask(Network.Width, Length));

    public static Prefix Of(Address address, int length) =>
        length < 0 || length > address.Width
            ? throw new ArgumentOutOfRangeException(nameof(length))
            : new(new Address(address.Family, address.Bits & ~HostMask(address.Width, length)), length);

    public static Prefix Of(Address address) => new(address, address.Width);

    /// <summary>Reads <c>10.0.0.0/8</c> or a bare address; host bits are cleared.</summary>
    public static bool TryParse(string text, out Prefix prefix)
    {
        prefix = default;
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        if (!Address.TryParse(slash < 0 ? text : text[..slash], out var address))
        {
            return false;
        }

        var length = address.Width;
        if (slash >= 0 && (!int.TryParse(text.AsSpan(slash + 1), System.Globalization.NumberStyles.None, null, out length)
            || length > address.Width))
        {
            return false;
        }

        prefix = Of(address, length);
        return true;
    }

    /// <summary>Reads a prefix that is known to be one; for tests and constants.</summary>
    public static Prefix Parse(string text) =>
        TryParse(text, out var prefix) ? prefix : throw new FormatException($"`{text}` is no prefix");

    public bool Contains(Address address) =>
        address.Family == Family && (address.Bits & ~HostMask(address.Width, Length)) == Network.Bits;

    public bool Contains(Prefix other) => other.Length >= Length && Contains(other.Network);

    public int CompareTo(Prefix other)
    {
        var byNetwork = Network.CompareTo(other.Network);
        return byNetwork != 0 ? byNetwork : Length.CompareTo(other.Length);
    }

    public override string ToString() => $"{Network}/{Length}";

    private static UInt128 HostMask(int width, int length)
    {
        var hostBits = width - length;
        return hostBits == 128 ? UInt128.MaxValue : (UInt128.One << hostBits) - 1;
    }
}
