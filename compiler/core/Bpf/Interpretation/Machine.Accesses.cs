using System.Buffers.Binary;
using System.Diagnostics;

namespace Netpol.Compiler.Bpf.Interpretation;

/// <summary>What the loop leaves to methods: memory, frames, helpers, division.</summary>
public sealed partial class Machine
{
    private static ulong EndOfFrame(int frame) => ((ulong)(frame + 1) << 32) + StackSize;

    // A program that reads what it has not written reads the same each time, and nothing of use.
    private void EnterFrame(Span<ulong> r, int frame)
    {
        r[10] = EndOfFrame(frame);
        _regions[frame + 1].Data.AsSpan().Fill(LostByte);
    }

    private FaultKind Load(in Step step, ulong address, ref ulong destination)
    {
        var size = step.Code.Size();
        if (!TryLocate(address + (ulong)(long)step.Offset, (uint)size.Bytes(), out var data, out var at))
        {
            return FaultKind.BadAddress;
        }

        destination = Read(data, at, size);
        return FaultKind.None;
    }

    private FaultKind Store(in Step step, ulong address, ulong value)
    {
        var size = step.Code.Size();
        address += (ulong)(long)step.Offset;
        if (!TryLocate(address, (uint)size.Bytes(), out var data, out var at))
        {
            return FaultKind.BadAddress;
        }

        if (IsReadOnly(address))
        {
            return FaultKind.ReadOnly;
        }

        Write(data, at, size, value);
        return FaultKind.None;
    }

    private FaultKind Atomic(in Step step, Span<ulong> r)
    {
        if (!step.Code.IsAtomic())
        {
            return FaultKind.UnknownHelper;
        }

        var size = step.Code.Size();
        var address = r[step.Destination] + (ulong)(long)step.Offset;
        if (!TryLocate(address, (uint)size.Bytes(), out var data, out var at))
        {
            return FaultKind.BadAddress;
        }

        if (IsReadOnly(address))
        {
            return FaultKind.ReadOnly;
        }

        var (old, operand) = (Read(data, at, size), r[step.Source]);
        var operation = (AtomicOperation)step.Code.Discriminator();
        var expected = size == MemorySize.Bits64 ? r[0] : (uint)r[0];
        Write(data, at, size, operation switch
        {
            AtomicOperation.Add or AtomicOperation.FetchAdd => old + operand,
            AtomicOperation.Or or AtomicOperation.FetchOr => old | operand,
            AtomicOperation.And or AtomicOperation.FetchAnd => old & operand,
            AtomicOperation.Xor or AtomicOperation.FetchXor => old ^ operand,
            AtomicOperation.Exchange => operand,
            AtomicOperation.CompareExchange => old == expected ? operand : old,
            _ => throw new UnreachableException(),
        });
        if (operation == AtomicOperation.CompareExchange)
        {
            r[0] = old;
        }
        else if (((int)operation & 1) != 0)
        {
            r[step.Source] = old;
        }

        return FaultKind.None;
    }

    private FaultKind CallHelper(in Step step, Span<ulong> r)
    {
        if ((ulong)step.Immediate >= (ulong)_helpers.Length || _helpers[step.Immediate] is not { } helper)
        {
            return FaultKind.UnknownHelper;
        }

        var fault = helper(this, r.Slice(1, 5), out r[0]);
        r.Slice(1, 5).Fill(Lost);
        return fault;
    }

    private static ulong Read(byte[] data, int at, MemorySize size) => size switch
    {
        MemorySize.Bits8 => data[at],
        MemorySize.Bits16 => BinaryPrimitives.ReadUInt16LittleEndian(data.AsSpan(at)),
        MemorySize.Bits32 => BinaryPrimitives.ReadUInt32LittleEndian(data.AsSpan(at)),
        _ => BinaryPrimitives.ReadUInt64LittleEndian(data.AsSpan(at)),
    };

    private static void Write(byte[] data, int at, MemorySize size, ulong value)
    {
        switch (size)
        {
            case MemorySize.Bits8:
                data[at] = (byte)value;
                break;
            case MemorySize.Bits16:
                BinaryPrimitives.WriteUInt16LittleEndian(data.AsSpan(at), (ushort)value);
                break;
            case MemorySize.Bits32:
                BinaryPrimitives.WriteUInt32LittleEndian(data.AsSpan(at), (uint)value);
                break;
            default:
                BinaryPrimitives.WriteUInt64LittleEndian(data.AsSpan(at), value);
                break;
        }
    }

    // RFC 9669, section 4.1: by zero, a quotient is zero and a remainder is the dividend.
    private static ulong Divide(ulong dividend, ulong divisor) => divisor == 0 ? 0 : dividend / divisor;

    private static ulong Modulo(ulong dividend, ulong divisor) => divisor == 0 ? dividend : dividend % divisor;

    private static uint Divide(uint dividend, uint divisor) => divisor == 0 ? 0 : dividend / divisor;

    private static uint Modulo(uint dividend, uint divisor) => divisor == 0 ? dividend : dividend % divisor;
}
