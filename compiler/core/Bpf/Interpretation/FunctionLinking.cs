using System.Collections.Immutable;
using Netpol.Compiler.Bpf.Functions;

namespace Netpol.Compiler.Bpf.Interpretation;

/// <summary>One function on its way to steps.</summary>
internal sealed class FunctionLinking(BpfFunction function, Dictionary<string, int> entries, ImmutableArray<MapModel> maps)
{
    private readonly Dictionary<int, string> _symbols = function.References.ToDictionary(reference => reference.Instruction, reference => reference.Symbol);
    private readonly ImmutableArray<int> _slots = function.SlotOfInstruction();

    public void Fill(Span<Step> steps)
    {
        if (function.Instructions.IsEmpty || function.Instructions[^1].Code is not (Code.Exit or Code.Jump))
        {
            throw new InvalidOperationException($"the last instruction of {function.Name} neither leaves nor jumps");
        }

        for (var index = 0; index < steps.Length; index++)
        {
            var instruction = function.Instructions[index];
            steps[index] = new Step(
                instruction.Code, (byte)instruction.Destination, (byte)instruction.Source, instruction.Offset, Target(instruction, index), Immediate(instruction, index));
        }
    }

    private int Target(Instruction instruction, int index)
    {
        if (instruction.Code == Code.CallFunction)
        {
            return entries.TryGetValue(Symbol(index), out var entry)
                ? entry
                : throw new InvalidOperationException($"{function.Name} calls {Symbol(index)}, which is not there");
        }

        if (instruction.Code != Code.Jump && !instruction.Code.IsConditionalJump())
        {
            return 0;
        }

        var target = _slots.BinarySearch(_slots[index] + 1 + instruction.Offset);
        return target >= 0 && target < function.Instructions.Length
            ? entries[function.Name] + target
            : throw new InvalidOperationException($"a jump of {function.Name} at slot {_slots[index]} leads to no instruction");
    }

    private long Immediate(Instruction instruction, int index) => instruction.Code switch
    {
        Code.LoadMap => (long)(MachineProgram.FirstMapHandle + Map(index)) << 32,
        Code.LoadMapValue => ((long)(MachineProgram.FirstMapRegion + Map(index)) << 32) + (instruction.Immediate >> 32),
        Code.LoadVariable or Code.LoadFunction or Code.LoadMapByIndex or Code.LoadMapValueByIndex =>
            throw new InvalidOperationException($"{function.Name} has a {instruction.Code} at slot {_slots[index]}, which is not interpreted"),
        _ => instruction.Immediate,
    };

    private int Map(int index)
    {
        var name = Symbol(index);
        for (var number = 0; number < maps.Length; number++)
        {
            if (maps[number].Name == name)
            {
                return number;
            }
        }

        throw new InvalidOperationException($"{function.Name} refers to the map {name}, which is not there");
    }

    private string Symbol(int index) => _symbols.TryGetValue(index, out var symbol)
        ? symbol
        : throw new InvalidOperationException($"{function.Name} refers to nothing by name at slot {_slots[index]}");
}
