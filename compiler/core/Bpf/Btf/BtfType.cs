using System.Collections.Immutable;

namespace Netpol.Compiler.Bpf.Btf;

/// <summary>One type: the kernel's Documentation/bpf/btf.rst. Types refer to others by id, from 1; 0 is <c>void</c>.</summary>
public abstract record BtfType
{
    private BtfType()
    {
    }

    public sealed record Integer(string Name, int Size, BtfEncoding Encoding) : BtfType;

    public sealed record Pointer(int Target) : BtfType;

    public sealed record Array(int Element, int Index, int Count) : BtfType;

    /// <param name="HasBitFields">The offsets of members have a width in their upper byte.</param>
    public sealed record Structure(string Name, bool IsUnion, int Size, bool HasBitFields, ImmutableArray<BtfMember> Members) : BtfType;

    public sealed record Enumeration(string Name, int Size, bool IsSigned, ImmutableArray<BtfConstant> Constants) : BtfType;

    /// <summary>Named, and defined elsewhere.</summary>
    public sealed record Forward(string Name, bool IsUnion) : BtfType;

    public sealed record Typedef(string Name, int Target) : BtfType;

    public sealed record Volatile(int Target) : BtfType;

    public sealed record Const(int Target) : BtfType;

    public sealed record Restrict(int Target) : BtfType;

    public sealed record Function(string Name, int Prototype, BtfLinkage Linkage) : BtfType;

    public sealed record FunctionPrototype(int Return, ImmutableArray<BtfParameter> Parameters) : BtfType;

    public sealed record Variable(string Name, int Target, BtfLinkage Linkage) : BtfType;

    public sealed record DataSection(string Name, int Size, ImmutableArray<BtfSectionEntry> Entries) : BtfType;
}
