using System.Numerics;
using Netpol.Compiler.Bpf;

namespace Netpol.Compiler.Certification;

/// <summary>What is known at a place of a function, by following it forwards.</summary>
internal sealed class Constants(FlowGraph graph, Places places)
{
    private readonly Constant[] _values = new Constant[64];
    private ulong _known;

    public Constant? this[Register register] => (_known & Places.Of(register)) != 0 ? _values[(int)register] : null;

    /// <summary>Begins with what <see cref="Take"/> has given.</summary>
    public void Begin(ulong known, ReadOnlySpan<Constant> values)
    {
        _known = known;
        foreach (var value in values)
        {
            _values[BitOperations.TrailingZeroCount(known)] = value;
            known &= known - 1;
        }
    }

    /// <summary>What is known of some places: of which, and what.</summary>
    public (ulong Known, Constant[] Values) Take(ulong wanted)
    {
        var known = _known & wanted;
        if (known == 0)
        {
            return (0, []);
        }

        var values = new Constant[BitOperations.PopCount(known)];
        var left = known;
        for (var index = 0; index < values.Length; index++, left &= left - 1)
        {
            values[index] = _values[BitOperations.TrailingZeroCount(left)];
        }

        return (known, values);
    }

    /// <summary>Whether a jump is taken; null: that depends.</summary>
    public bool? Decide(Instruction jump)
    {
        var left = this[jump.Destination];
        var right = jump.Code.HasRegisterOperand() ? this[jump.Source] : new Constant((ulong)jump.Immediate);
        return left is { Map: null } a && right is { Map: null } b
            ? ((JumpOperation)jump.Code.Operation()).Holds(a.Number, b.Number, jump.Code.Class() == InstructionClass.Jump32)
            : null;
    }

    public void Run(int index)
    {
        var instruction = graph[index];
        var code = instruction.Code;
        switch (code.Class())
        {
            case InstructionClass.Jump64 or InstructionClass.Jump32:
                _known &= code.IsCall() ? ~Places.Lost : ulong.MaxValue;
                break;
            case InstructionClass.Store or InstructionClass.StoreImmediate:
                Store(instruction);
                break;
            case InstructionClass.LoadImmediate:
                Set((int)instruction.Destination, code switch
                {
                    Code.LoadImmediate64 => new Constant((ulong)instruction.Immediate),
                    Code.LoadMap => new Constant(0, graph.Symbols.GetValueOrDefault(index)),
                    _ => null,
                });
                break;
            case InstructionClass.Load:
                Set((int)instruction.Destination, instruction.Source == Register.R10 ? Find(places.Accessed(instruction)) : null);
                break;
            default:
                Set((int)instruction.Destination, Compute(instruction));
                break;
        }
    }

    private Constant? Find(int place) => place >= 0 && (_known >> place & 1) != 0 ? _values[place] : null;

    private void Set(int place, Constant? value)
    {
        _known &= ~(1UL << place);
        if (value is { } known)
        {
            _known |= 1UL << place;
            _values[place] = known;
        }
    }

    private void Store(Instruction instruction)
    {
        var code = instruction.Code;
        if (code.IsAtomic())
        {
            // What it fetches is in the one or the other.
            _known &= ~(Places.Of(Register.R0) | Places.Of(instruction.Source));
        }

        if (instruction.Destination != Register.R10)
        {
            return;
        }

        var value = code.IsAtomic() ? null : code.Class() == InstructionClass.StoreImmediate ? new Constant((ulong)instruction.Immediate) : this[instruction.Source];
        _known &= ~places.Changed(instruction);
        if (places.Accessed(instruction) is var place and >= 0)
        {
            var bits = 8 * code.Size().Bytes();
            Set(place, bits == 64 ? value : value is { Map: null } number ? new Constant(number.Number & (1UL << bits) - 1) : null);
        }
    }

    private Constant? Compute(Instruction instruction)
    {
        var code = instruction.Code;
        if (code.IsByteOrder())
        {
            return null;
        }

        var is32 = code.Class() == InstructionClass.Alu32;
        var right = code.HasRegisterOperand() ? this[instruction.Source] : new Constant((ulong)instruction.Immediate);
        var operation = (AluOperation)code.Operation();
        if (operation == AluOperation.Move)
        {
            return right is { Map: null } moved ? Of(moved.Number, is32) : is32 ? null : right;
        }

        return this[instruction.Destination] is { Map: null } a && right is { Map: null } b ? Of(operation, a.Number, b.Number, is32) : null;
    }

    private static Constant? Of(AluOperation operation, ulong a, ulong b, bool is32)
    {
        var shift = (int)b & (is32 ? 31 : 63);
        return operation switch
        {
            AluOperation.Add => Of(a + b, is32),
            AluOperation.Subtract => Of(a - b, is32),
            AluOperation.Multiply => Of(a * b, is32),
            AluOperation.And => Of(a & b, is32),
            AluOperation.Or => Of(a | b, is32),
            AluOperation.Xor => Of(a ^ b, is32),
            AluOperation.ShiftLeft => Of(a << shift, is32),
            AluOperation.ShiftRight => Of((is32 ? (uint)a : a) >> shift, is32),
            AluOperation.ShiftRightSigned => Of((ulong)((is32 ? (int)a : (long)a) >> shift), is32),
            _ => null,
        };
    }

    private static Constant Of(ulong number, bool is32) => new(is32 ? (uint)number : number);
}
