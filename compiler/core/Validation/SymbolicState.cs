using System.Collections.Immutable;
using Netpol.Compiler.Bpf;

namespace Netpol.Compiler.Validation;

/// <summary>A function at one instruction, for a class of inputs.</summary>
internal sealed class SymbolicState
{
    private readonly SymbolicValue[] _registers;

    private SymbolicState(SymbolicValue[] registers, ImmutableDictionary<int, SymbolicValue> stack, InputClass input, int at) =>
        (_registers, Stack, Input, At) = (registers, stack, input, at);

    public InputClass Input { get; set; }

    /// <summary>The next instruction.</summary>
    public int At { get; set; }

    /// <summary>Words of 32 bits, by their offset from the end of the frame.</summary>
    public ImmutableDictionary<int, SymbolicValue> Stack { get; set; }

    public SymbolicValue this[Register register]
    {
        get => _registers[(int)register];
        set => _registers[(int)register] = value;
    }

    public KeptRegisters Kept => new(this[Register.R6], this[Register.R7], this[Register.R8], this[Register.R9]);

    /// <summary>A function that has just been called.</summary>
    public static SymbolicState Entry()
    {
        var state = Empty(0);
        state[Register.R1] = SymbolicValue.Of(SymbolicKind.Input, new Observable(ObservableKind.Input, 0));
        return state;
    }

    /// <summary>A function at the beginning of an item.</summary>
    /// <param name="input">What every input there has in common.</param>
    public static SymbolicState AtItem(int instruction, KeptRegisters kept, InputClass input)
    {
        var state = Empty(instruction);
        (state[Register.R6], state[Register.R7], state[Register.R8], state[Register.R9]) = (kept.R6, kept.R7, kept.R8, kept.R9);
        state.Input = input;
        return state;
    }

    /// <summary>The same with less unknown, at another instruction.</summary>
    public SymbolicState Fork(InputClass input, int at) => new([.. _registers], Stack, input, at);

    /// <summary>What a call leaves of r1 to r5.</summary>
    public void LoseArguments() => _registers.AsSpan(1, 5).Clear();

    private static SymbolicState Empty(int at)
    {
        SymbolicState state = new(new SymbolicValue[11], ImmutableDictionary<int, SymbolicValue>.Empty, InputClass.All, at);
        state[Register.R10] = SymbolicValue.Frame(0);
        return state;
    }
}
