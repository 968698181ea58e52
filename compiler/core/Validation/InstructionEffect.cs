using System.Collections.Immutable;
using Netpol.Compiler.Backends.Bytecode;
using Netpol.Compiler.Bpf;

namespace Netpol.Compiler.Validation;

/// <summary>What an instruction that is no jump does to what is known.</summary>
internal sealed class InstructionEffect(ImmutableArray<(string Name, FunctionRole Role)> functions)
{
    private const int StackSize = 512;

    private static readonly ImmutableArray<WordTable> Tables = [WordTable.Self, WordTable.Peer, WordTable.PortNames];

    private static readonly ImmutableArray<string> Maps = [PolicyInput.ClassMembers, PolicyInput.PortNameMembers];

    private static readonly ImmutableArray<ObservableKind> Lookups =
        [ObservableKind.SelfLookup, ObservableKind.PeerLookup, ObservableKind.NameLookup];

    /// <param name="symbol">What the instruction refers to by name.</param>
    /// <param name="other">Where the instruction may do one of two things: the other.</param>
    /// <returns>Why it cannot be followed; null where it can.</returns>
    public string? Apply(SymbolicState state, Instruction instruction, string? symbol, out SymbolicState? other)
    {
        other = null;
        var (from, to) = (state[instruction.Source], state[instruction.Destination]);
        SymbolicValue? result = instruction.Code switch
        {
            Code.Move64Register when from.Kind != SymbolicKind.Lost => from,
            Code.Move64Immediate => SymbolicValue.Constant((ulong)instruction.Immediate),
            Code.Move32Immediate => SymbolicValue.Constant((uint)instruction.Immediate),
            Code.LoadImmediate64 when symbol is null => SymbolicValue.Constant((ulong)instruction.Immediate),
            Code.LoadMap when symbol is not null && Maps.IndexOf(symbol) is >= 0 and var map =>
                SymbolicValue.Of(SymbolicKind.Map, default, (ulong)map),
            Code.Load8 or Code.Load16 or Code.Load32 => Load(state, from, instruction),
            Code.Add64Immediate when to.Kind == SymbolicKind.Frame => SymbolicValue.Frame((int)((long)to.Number + instruction.Immediate)),
            Code.Add32Immediate when to is { Kind: SymbolicKind.Loaded, What.IsBits: false } =>
                SymbolicValue.Of(SymbolicKind.Shifted, to.What, (uint)instruction.Immediate),
            Code.And32Immediate when to is { Kind: SymbolicKind.Loaded, What.IsBits: true } =>
                SymbolicValue.Of(SymbolicKind.Masked, to.What, (uint)instruction.Immediate),
            Code.ShiftLeft64Immediate when to.Kind == SymbolicKind.Constant => SymbolicValue.Constant(to.Number << (int)instruction.Immediate),
            Code.Or64Register when (to.Kind, from.Kind) == (SymbolicKind.Constant, SymbolicKind.Constant) =>
                SymbolicValue.Constant(to.Number | from.Number),
            _ => null,
        };
        if (result is { } value)
        {
            if (instruction.Destination == Register.R10)
            {
                return "the frame is lost";
            }

            state[instruction.Destination] = value;
            return null;
        }

        return instruction.Code switch
        {
            Code.Store32Register => Store(state, to, from, instruction.Offset),
            Code.CallHelper when instruction.Immediate == (long)Helper.MapLookupElem => Lookup(state),
            Code.CallFunction => Call(state, symbol, out other),
            _ => "this is no instruction of a verdict",
        };
    }

    private static SymbolicValue? Load(SymbolicState state, SymbolicValue address, Instruction instruction)
    {
        if (address.Kind == SymbolicKind.Input && state.Input.Choice(address.What) == true)
        {
            for (var index = 0; index < PolicyInput.Fields.Length; index++)
            {
                var field = PolicyInput.Fields[index];
                if ((field.Offset, field.Size) == (instruction.Offset, instruction.Code.Size()))
                {
                    return SymbolicValue.Of(SymbolicKind.Loaded, new Observable(ObservableKind.Field, index));
                }
            }
        }

        // Bounds are the machine's to check, which runs every path that is found here.
        return address.Kind == SymbolicKind.Words && state.Input.Choice(address.What) == true
            && instruction.Code.Size() == MemorySize.Bits32 && instruction.Offset >= 0 && instruction.Offset % sizeof(uint) == 0
            ? SymbolicValue.Of(SymbolicKind.Loaded, new Observable(
                ObservableKind.SelfWord + (address.What.Kind - ObservableKind.SelfLookup), instruction.Offset / sizeof(uint)))
            : null;
    }

    private static string? Store(SymbolicState state, SymbolicValue address, SymbolicValue value, short offset)
    {
        var place = (long)address.Number + offset;
        if (address.Kind != SymbolicKind.Frame || value.Kind != SymbolicKind.Loaded || place is < -StackSize or > -sizeof(uint) || place % sizeof(uint) != 0)
        {
            return "this is no store of a class into the frame";
        }

        state.Stack = state.Stack.SetItem((int)place, value);
        return null;
    }

    private static string? Lookup(SymbolicState state)
    {
        var (map, key) = (state[Register.R1], state[Register.R2]);
        if (map.Kind != SymbolicKind.Map || key.Kind != SymbolicKind.Frame
            || !state.Stack.TryGetValue((int)(long)key.Number, out var stored) || stored.What.Kind != ObservableKind.Field)
        {
            return "a look-up has no map or no key";
        }

        for (var index = 0; index < Tables.Length; index++)
        {
            if (Tables[index].Map == Maps[(int)map.Number] && Tables[index].Class == PolicyInput.Fields[stored.What.Index])
            {
                state.LoseArguments();
                state[Register.R0] = SymbolicValue.Of(SymbolicKind.Words, new Observable(Lookups[index], 0));
                return null;
            }
        }

        return "a look-up asks one table for what another has";
    }

    // Twice the same function, twice the same answer: it has one argument, and no state.
    private string? Call(SymbolicState state, string? symbol, out SymbolicState? other)
    {
        other = null;
        var number = 0;
        while (number < functions.Length && functions[number].Name != symbol)
        {
            number++;
        }

        if (number == functions.Length || state[Register.R1].Kind != SymbolicKind.Input || state.Input.Choice(state[Register.R1].What) != true)
        {
            return "a call is of no function that is there, or without an input";
        }

        state.LoseArguments();
        Observable what = new(ObservableKind.Answer, number);
        var before = state.Input;
        var known = before.Choice(what);
        if (known is null)
        {
            other = state.Fork(before.WithChoice(what, false), state.At);
            other[Register.R0] = SymbolicValue.Constant(0);
            state.Input = before.WithChoice(what, true);
        }

        state[Register.R0] = known == false ? SymbolicValue.Constant(0)
            : functions[number].Role == FunctionRole.Logged ? SymbolicValue.Constant(1)
            : SymbolicValue.Of(SymbolicKind.Answer, what);
        return null;
    }
}
