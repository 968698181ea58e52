using System.Buffers.Binary;

namespace Netpol.Runtime;

/// <summary>A number as packets have it, in network order; converts from and to the number itself.</summary>
public readonly struct BigEndian16 : IEquatable<BigEndian16>
{
    private readonly ushort _stored;

    private BigEndian16(ushort stored) => _stored = stored;

    public static implicit operator BigEndian16(ushort value) => new(Swapped(value));

    public static implicit operator ushort(BigEndian16 value) => Swapped(value._stored);

    public static bool operator ==(BigEndian16 left, BigEndian16 right) => left.Equals(right);

    public static bool operator !=(BigEndian16 left, BigEndian16 right) => !left.Equals(right);

    public static BigEndian16 FromUInt16(ushort value) => value;

    public ushort ToUInt16() => this;

    public bool Equals(BigEndian16 other) => _stored == other._stored;

    public override bool Equals(object? obj) => obj is BigEndian16 other && Equals(other);

    public override int GetHashCode() => _stored;

    public override string ToString() => $"{ToUInt16()}";

    private static ushort Swapped(ushort value) => BitConverter.IsLittleEndian ? BinaryPrimitives.ReverseEndianness(value) : value;
}
