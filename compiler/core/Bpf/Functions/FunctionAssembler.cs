using System.Collections.Immutable;

namespace Netpol.Compiler.Bpf.Functions;

/// <summary>
/// Puts instructions in a row, and jumps where their labels turn out to be. It knows no widths: a jump that does not reach is an error
/// of the caller, who cuts functions before.
/// </summary>
public sealed class FunctionAssembler(string name)
{
    private const int Unmarked = -1;

    private readonly List<Instruction> _instructions = [];
    private readonly List<int> _slots = [];
    private readonly List<int> _labels = [];
    private readonly List<(int Instruction, Label Target)> _jumps = [];
    private readonly ImmutableArray<SymbolReference>.Builder _references = ImmutableArray.CreateBuilder<SymbolReference>();
    private readonly ImmutableArray<LineEntry>.Builder _lines = ImmutableArray.CreateBuilder<LineEntry>();
    private SourcePosition? _position;
    private int _slot;

    /// <summary>Slots so far.</summary>
    public int Slots => _slot;

    /// <summary>Instructions so far.</summary>
    public int Count => _instructions.Count;

    /// <summary>What follows is code of this place, until another is named.</summary>
    public void At(SourcePosition position) => _position = position;

    public Label NewLabel()
    {
        _labels.Add(Unmarked);
        return new Label(_labels.Count - 1);
    }

    /// <summary>The label is the place of the next instruction.</summary>
    public void Mark(Label label)
    {
        if (_labels[label.Index] != Unmarked)
        {
            throw new InvalidOperationException($"label {label.Index} of {name} is marked twice");
        }

        _labels[label.Index] = _instructions.Count;
    }

    public void Emit(Instruction instruction)
    {
        if (_position is not null && (_lines.Count == 0 || _lines[^1].Position != _position))
        {
            _lines.Add(new LineEntry(_instructions.Count, _position));
        }

        _instructions.Add(instruction);
        _slots.Add(_slot);
        _slot += instruction.Slots;
    }

    public void Jump(Label target) => EmitJump(Instruction.Jump(0), target);

    /// <summary>Any jump; its offset becomes that of the label.</summary>
    public void EmitJump(Instruction jump, Label target)
    {
        _jumps.Add((_instructions.Count, target));
        Emit(jump);
    }

    public void JumpIf(JumpOperation operation, Register left, int right, Label target) =>
        EmitJump(Instruction.JumpIf64(operation, left, right, 0), target);

    public void JumpIf(JumpOperation operation, Register left, Register right, Label target) =>
        EmitJump(Instruction.JumpIf64(operation, left, right, 0), target);

    public void CallFunction(string function) => EmitReference(Instruction.CallFunction(-1), function);

    public void LoadMap(Register destination, string map) => EmitReference(Instruction.LoadMap(destination, 0), map);

    /// <summary>The address of a byte of a section of data, which is the first value of its map.</summary>
    public void LoadMapValue(Register destination, string map, int offset) =>
        EmitReference(Instruction.LoadMapValue(destination, 0, offset), map);

    /// <summary>The function as it stands, with its jumps resolved.</summary>
    /// <exception cref="InvalidOperationException">A jump does not reach its label, or leads nowhere; or control runs off the end.</exception>
    public BpfFunction ToFunction()
    {
        if (_instructions.Count == 0 || _instructions[^1].Code is not (Code.Exit or Code.Jump))
        {
            throw new InvalidOperationException($"the last instruction of {name} neither leaves nor jumps");
        }

        if (_lines.Count > 0 && _lines[0].Instruction != 0)
        {
            throw new InvalidOperationException($"{name} has source positions, but its first instruction has none");
        }

        var resolved = _instructions.ToArray();
        foreach (var (index, label) in _jumps)
        {
            resolved[index] = resolved[index] with { Offset = OffsetTo(label, index) };
        }

        return new BpfFunction(name, [.. resolved], _references.ToImmutable(), _lines.ToImmutable());
    }

    private void EmitReference(Instruction instruction, string symbol)
    {
        _references.Add(new SymbolReference(_instructions.Count, symbol));
        Emit(instruction);
    }

    private short OffsetTo(Label label, int jump)
    {
        var target = _labels[label.Index];
        if (target == Unmarked || target == _instructions.Count)
        {
            throw new InvalidOperationException($"a jump of {name} at slot {_slots[jump]} leads to no instruction");
        }

        var offset = _slots[target] - (_slots[jump] + 1);
        return offset is >= short.MinValue and <= short.MaxValue
            ? (short)offset
            : throw new InvalidOperationException($"a jump of {name} at slot {_slots[jump]} cannot reach slot {_slots[target]}");
    }
}
