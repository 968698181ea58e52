using System.Collections.Immutable;
using System.Numerics;
using Netpol.Compiler.Bpf;

namespace Netpol.Compiler.Validation;

/// <summary>Which of the inputs of a class take a jump, and which do not.</summary>
internal static class JumpOutcomes
{
    /// <returns>Classes that make up the one given; none where the comparison cannot be followed.</returns>
    public static ImmutableArray<(InputClass Input, bool IsTaken)> Of(Instruction jump, SymbolicValue value, InputClass input)
    {
        if (jump.Code.HasRegisterOperand())
        {
            return [];
        }

        var operation = (JumpOperation)jump.Code.Operation();
        var isEquality = operation is JumpOperation.Equal or JumpOperation.NotEqual;
        var is32 = jump.Code.Class() == InstructionClass.Jump32;
        return value.Kind switch
        {
            SymbolicKind.Constant => [(input, operation.Holds(value.Number, (ulong)jump.Immediate, is32))],
            SymbolicKind.Input or SymbolicKind.Words when isEquality && jump.Immediate == 0 && !is32 =>
                Choices(value.What, operation, input),
            SymbolicKind.Answer when isEquality && jump.Immediate == 0 && !is32 => [(input, operation == JumpOperation.NotEqual)],
            SymbolicKind.Loaded or SymbolicKind.Shifted when !value.What.IsBits && !IsSigned(operation) && operation != JumpOperation.AnyBit =>
                Numbers(jump, operation, value, input, is32),
            SymbolicKind.Loaded when value.What.IsBits && operation == JumpOperation.AnyBit && is32 =>
                Bits(value.What, (uint)jump.Immediate, input, whenAny: true),
            SymbolicKind.Masked when isEquality && jump.Immediate == 0 =>
                Bits(value.What, (uint)value.Number, input, whenAny: operation == JumpOperation.NotEqual),
            _ => [],
        };
    }

    private static bool IsSigned(JumpOperation operation) => operation
        is JumpOperation.GreaterSigned or JumpOperation.GreaterOrEqualSigned or JumpOperation.LessSigned or JumpOperation.LessOrEqualSigned;

    private static ImmutableArray<(InputClass Input, bool IsTaken)> Choices(Observable what, JumpOperation operation, InputClass input)
    {
        var whenThere = operation == JumpOperation.NotEqual;
        return input.Choice(what) is { } known
            ? [(input, known == whenThere)]
            : [(input.WithChoice(what, true), whenThere), (input.WithChoice(what, false), !whenThere)];
    }

    // One class for each bit that may be the first that is set, and one for none.
    private static ImmutableArray<(InputClass Input, bool IsTaken)> Bits(Observable word, uint mask, InputClass input, bool whenAny)
    {
        var (known, value) = input.BitsOf(word);
        if ((value & mask) != 0)
        {
            return [(input, whenAny)];
        }

        var outcomes = ImmutableArray.CreateBuilder<(InputClass, bool)>();
        for (var open = mask & ~known; open != 0; open &= open - 1)
        {
            var bit = 1U << BitOperations.TrailingZeroCount(open);
            outcomes.Add((input.WithBits(word, bit, bit), whenAny));
            input = input.WithBits(word, bit, 0);
        }

        outcomes.Add((input, !whenAny));
        return outcomes.ToImmutable();
    }

    // The answer changes at two numbers at most, and where the sum wraps round: between these, one number speaks for all.
    private static ImmutableArray<(InputClass Input, bool IsTaken)> Numbers(
        Instruction jump, JumpOperation operation, SymbolicValue value, InputClass input, bool is32)
    {
        var (low, high) = input.RangeOf(value.What, Backends.Bytecode.PolicyInput.MaxOf(Backends.Bytecode.PolicyInput.Fields[value.What.Index]));
        var shift = value.Kind == SymbolicKind.Shifted ? (uint)value.Number : 0;
        SortedSet<uint> starts = [low];
        foreach (var start in (ReadOnlySpan<uint>)[0 - shift, (uint)jump.Immediate - shift, (uint)jump.Immediate + 1 - shift])
        {
            if (start > low && start <= high)
            {
                starts.Add(start);
            }
        }

        uint[] firsts = [.. starts];
        var outcomes = ImmutableArray.CreateBuilder<(InputClass, bool)>();
        for (var index = 0; index < firsts.Length; index++)
        {
            var last = index + 1 < firsts.Length ? firsts[index + 1] - 1 : high;
            outcomes.Add((input.WithRange(value.What, firsts[index], last), operation.Holds(firsts[index] + shift, (ulong)jump.Immediate, is32)));
        }

        return outcomes.ToImmutable();
    }
}
