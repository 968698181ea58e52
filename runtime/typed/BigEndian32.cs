using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace Netpol.Runtime;

/// <summary>A number as packets have it, in network order, or an IPv4 address; converts from and to either.</summary>
public readonly struct BigEndian32 : IEquatable<BigEndian32>
{
    private readonly uint _stored;

    private BigEndian32(uint stored) => _stored = stored;

    public static implicit operator BigEndian32(uint value) => new(Swapped(value));

    public static implicit operator uint(BigEndian32 value) => Swapped(value._stored);

    public static bool operator ==(BigEndian32 left, BigEndian32 right) => left.Equals(right);

    public static bool operator !=(BigEndian32 left, BigEndian32 right) => !left.Equals(right);

    public static BigEndian32 FromUInt32(uint value) => value;

    /// <exception cref="ArgumentException">The address is no IPv4 address.</exception>
    public static BigEndian32 FromAddress(IPAddress address)
    {
        ArgumentNullException.ThrowIfNull(address);
        return address.AddressFamily == AddressFamily.InterNetwork
            ? BinaryPrimitives.ReadUInt32BigEndian(address.GetAddressBytes())
            : throw new ArgumentException($"{address} is no IPv4 address", nameof(address));
    }

    public uint ToUInt32() => this;

    public IPAddress ToIPAddress()
    {
        Span<byte> bytes = stackalloc byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, this);
        return new IPAddress(bytes);
    }

    public bool Equals(BigEndian32 other) => _stored == other._stored;

    public override bool Equals(object? obj) => obj is BigEndian32 other && Equals(other);

    public override int GetHashCode() => (int)_stored;

    public override string ToString() => $"{ToUInt32()}";

    private static uint Swapped(uint value) => BitConverter.IsLittleEndian ? BinaryPrimitives.ReverseEndianness(value) : value;
}
