using System.Runtime.CompilerServices;

namespace Netpol.Loader.Abi;

/// <summary>An IPv4 address in network order.</summary>
[InlineArray(4)]
public struct Bytes4
{
    private byte _first;
}

/// <summary>A hardware address.</summary>
[InlineArray(6)]
public struct Bytes6
{
    private byte _first;
}

/// <summary>An IPv6 address in network order; in events an IPv4 address in the first four bytes.</summary>
[InlineArray(16)]
public struct Bytes16
{
    private byte _first;
}

/// <summary>Four IPv4 addresses.</summary>
[InlineArray(4)]
public struct FourBytes4
{
    private Bytes4 _first;
}

/// <summary>Four IPv6 addresses.</summary>
[InlineArray(4)]
public struct FourBytes16
{
    private Bytes16 _first;
}

/// <summary>Two numbers.</summary>
[InlineArray(2)]
public struct Words2
{
    private uint _first;
}
