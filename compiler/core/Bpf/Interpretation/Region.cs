namespace Netpol.Compiler.Bpf.Interpretation;

/// <summary>
/// Memory that a program may touch. An address is the region's number, the element and the byte in it:
/// <code>
/// | number: 32 | element | byte: shift |
/// </code>
/// There is more room for a byte than an element has, so that what runs over an end is not the beginning of the next.
/// </summary>
internal struct Region
{
    public byte[] Data;
    public int Shift;
    public uint ElementSize;
    public uint Count;
    public bool IsReadOnly;

    public static Region Of(byte[] data, int elementSize, int count, bool isReadOnly = false) => new()
    {
        Data = data,
        Shift = ShiftOf(elementSize),
        ElementSize = (uint)elementSize,
        Count = (uint)count,
        IsReadOnly = isReadOnly,
    };

    /// <summary>Bits for a byte in an element: twice its size.</summary>
    public static int ShiftOf(int elementSize) => 33 - System.Numerics.BitOperations.LeadingZeroCount((uint)elementSize);
}
