using System.Collections.Immutable;
using Netpol.Compiler.Backends.Bytecode;
using Netpol.Compiler.Bpf;
using Netpol.Compiler.Bpf.Functions;

namespace Netpol.Compiler.Validation;

/// <summary>
/// Follows every path from one place of a function, and for each the inputs that take it. It knows the instructions that verdicts are
/// made of and no others: what it cannot follow is a fault, never a guess.
/// </summary>
internal sealed class FunctionWalk
{
    /// <summary>Steps on all paths from one place; more than any rule needs that the limits of the target let pass.</summary>
    private const int MaxSteps = 64_000_000;

    private readonly BpfFunction _function;
    private readonly ImmutableArray<int> _slots;
    private readonly Dictionary<int, string> _symbols;
    private readonly InstructionEffect _effect;
    private readonly HashSet<int> _stops;

    /// <param name="functions">Names of what may be called, by number.</param>
    /// <param name="stops">Instructions that paths end at.</param>
    public FunctionWalk(BpfFunction function, ImmutableArray<(string Name, FunctionRole Role)> functions, IEnumerable<int> stops)
    {
        _function = function;
        _slots = function.SlotOfInstruction();
        _symbols = function.References.ToDictionary(reference => reference.Instruction, reference => reference.Symbol);
        _effect = new InstructionEffect(functions);
        _stops = [.. stops];
    }

    public IEnumerable<PathEnd> From(SymbolicState start)
    {
        Stack<SymbolicState> open = new([start]);
        var first = start.At;
        var steps = 0;
        while (open.TryPop(out var state))
        {
            var isMoved = state.At != first;
            PathEnd? end = null;
            while (end is null)
            {
                end = isMoved && _stops.Contains(state.At) ? new PathEnd.Arrival(state.Input, state.At, state.Kept)
                    : ++steps > MaxSteps ? Fault(state, "there are more paths than can be followed")
                    : Step(ref state, open);
                isMoved = true;
            }

            yield return end;
        }
    }

    private PathEnd? Step(ref SymbolicState state, Stack<SymbolicState> open)
    {
        var at = state.At;
        var instruction = _function.Instructions[at];
        if (instruction.Code == Code.Exit)
        {
            return state[Register.R0] is { Kind: SymbolicKind.Constant or SymbolicKind.Answer } answer
                ? new PathEnd.Exit(state.Input, answer)
                : Fault(state, "r0 holds no answer");
        }

        if (instruction.Code != Code.Jump && !instruction.Code.IsConditionalJump())
        {
            state.At = at + 1;
            _symbols.TryGetValue(at, out var symbol);
            if (_effect.Apply(state, instruction, symbol, out var other) is { } problem)
            {
                state.At = at;
                return Fault(state, problem);
            }

            if (other is not null)
            {
                open.Push(other);
            }

            return null;
        }

        var target = _slots.BinarySearch(_slots[at] + 1 + instruction.Offset);
        if (target < 0 || target >= _function.Instructions.Length)
        {
            return Fault(state, "a jump leads to no instruction");
        }

        if (instruction.Code == Code.Jump)
        {
            state.At = target;
            return null;
        }

        var outcomes = JumpOutcomes.Of(instruction, state[instruction.Destination], state.Input);
        if (outcomes.IsEmpty)
        {
            return Fault(state, "a jump compares what cannot be compared");
        }

        foreach (var (input, isTaken) in outcomes[1..])
        {
            open.Push(state.Fork(input, isTaken ? target : at + 1));
        }

        state.Input = outcomes[0].Input;
        state.At = outcomes[0].IsTaken ? target : at + 1;
        return null;
    }

    private PathEnd.Fault Fault(SymbolicState state, string problem) => new(
        state.Input, state.At, $"{problem}: {InstructionPrinter.Print(_function.Instructions[state.At])}");
}
