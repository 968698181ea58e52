using System.Net;
using System.Runtime.CompilerServices;

namespace Netpol.Runtime;

/// <summary>Sixteen bytes in network order: an IPv6 address, or an IPv4 address in the first four.</summary>
[InlineArray(Length)]
public struct AddressBytes
{
    public const int Length = 16;

    private byte _first;

    public static AddressBytes FromAddress(IPAddress address)
    {
        ArgumentNullException.ThrowIfNull(address);
        AddressBytes bytes = default;
        address.GetAddressBytes().CopyTo((Span<byte>)bytes);
        return bytes;
    }

    public readonly IPAddress ToIPv6() => new((ReadOnlySpan<byte>)this);

    public readonly IPAddress ToIPv4() => new(((ReadOnlySpan<byte>)this)[..4]);
}
