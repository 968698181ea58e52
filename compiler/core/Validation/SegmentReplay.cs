using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using Netpol.Compiler.Backends.Bytecode;
using Netpol.Compiler.Bpf;
using Netpol.Compiler.Bpf.Interpretation;

namespace Netpol.Compiler.Validation;

/// <summary>
/// Runs the interpreter over each class of inputs that a proof has found, at both ends of every range and with all that is not asked
/// for zero and one, and says where it does otherwise than the proof found. So no instruction is believed to do what the interpreter
/// does not do.
/// </summary>
internal sealed class SegmentReplay
{
    private const int Self = 1, Peer = 2, Missing = 1000;

    /// <summary>What a part answers in a replay: no number that any code makes.</summary>
    private const ulong PartAnswer = 0x5eed_5eed_5eed_5eed;

    private readonly ImmutableArray<(string Name, FunctionRole Role)> _functions;
    private readonly ArrayMap _members;
    private readonly ArrayMap _names;
    private readonly MachineProgram _program;
    private readonly Machine _machine;
    private readonly bool[] _stops;
    private readonly bool[] _firsts;
    private readonly byte[] _input = new byte[PolicyInput.Size];
    private readonly ulong[] _registers = new ulong[10];
    private readonly ulong[] _atItem = new ulong[10];
    private readonly List<(Observable What, uint First, uint Second)> _facts = [];
    private string? _prepared;

    public SegmentReplay(
        ImmutableArray<EmittedFunction> emitted, ImmutableArray<(string Name, FunctionRole Role)> functions, int memberWords, int portNameWords)
    {
        _functions = functions;
        _members = new ArrayMap(PolicyInput.ClassMembers, sizeof(ulong) * memberWords, 3, isReadOnly: true);
        _names = new ArrayMap(PolicyInput.PortNameMembers, sizeof(ulong) * portNameWords, 1, isReadOnly: true);
        _program = MachineProgram.Link(emitted.Select(function => function.Code), _members, _names);
        _machine = new Machine(_program, MapHelpers.Table);
        _stops = new bool[emitted.Sum(function => function.Code.Instructions.Length)];
        _firsts = new bool[_stops.Length];
        foreach (var function in emitted)
        {
            _firsts[_program.EntryOf(function.Code.Name) + function.Places[0]] = true;
            foreach (var place in function.Places.Where(place => place != EmittedFunction.Nowhere))
            {
                _stops[_program.EntryOf(function.Code.Name) + place] = true;
            }
        }
    }

    /// <param name="item">Where to begin; -1: at the entry.</param>
    /// <param name="end">What the proof found.</param>
    /// <returns>What the machine did; null where it did the same.</returns>
    public string? Disagreement(EmittedFunction function, int item, InputClass input, PathEnd end) =>
        Run(function, item, input, end, fill: 0) ?? Run(function, item, input, end, fill: uint.MaxValue);

    private string? Run(EmittedFunction function, int item, InputClass input, PathEnd end, uint fill)
    {
        var entry = _program.EntryOf(function.Code.Name);
        if (item >= 0)
        {
            Prepare(function, entry);
        }

        Fill(input, fill);
        var address = _machine.Give(_input);
        if (item < 0)
        {
            _registers.AsSpan().Fill(Machine.Lost);
            _registers[1] = input.Choice(new Observable(ObservableKind.Input, 0)) == false ? 0 : address;
        }
        else
        {
            _atItem.CopyTo(_registers, 0);
        }

        var at = item < 0 ? entry : entry + function.Places[item];
        var result = _machine.RunSegment(at, _registers, item < 0 ? _firsts : _stops);
        while (result.Fault == FaultKind.Called)
        {
            Answer(function, result.Instruction - entry, input);
            result = Go(result.Instruction + 1);
        }

        return (result.Fault, end) switch
        {
            (FaultKind.None, PathEnd.Exit exit) when result.Answer == (exit.Answer.Kind == SymbolicKind.Constant ? exit.Answer.Number : PartAnswer) => null,
            (FaultKind.Stopped, PathEnd.Arrival arrival) when result.Instruction == entry + arrival.Instruction => null,
            (FaultKind.None, _) => string.Create(CultureInfo.InvariantCulture, $"0x{result.Answer:x} when it is run"),
            (FaultKind.Stopped, _) => string.Create(CultureInfo.InvariantCulture, $"instruction {result.Instruction - entry} when it is run"),
            _ => string.Create(CultureInfo.InvariantCulture, $"{result.Fault} at instruction {result.Instruction - entry} when it is run"),
        };
    }

    /// <summary>Runs a verdict as a whole.</summary>
    /// <returns>Its answer; null where it has none.</returns>
    public static ulong? TryJudge(ImmutableArray<EmittedFunction> functions, string verdict, InputClass input, int memberWords, int portNameWords)
    {
        try
        {
            return new SegmentReplay(functions, [], memberWords, portNameWords).Judge(verdict, input);
        }
        catch (InvalidOperationException)
        {
            // Functions that cannot be put together.
            return null;
        }
    }

    private ulong? Judge(string verdict, InputClass input)
    {
        Fill(input, 0);
        var result = _machine.Run(_program.EntryOf(verdict), _input);
        return result.Fault == FaultKind.None ? result.Answer : null;
    }

    // The instruction behind a call may be one to stop at.
    private RunResult Go(int at) => _stops[at] ? new RunResult(FaultKind.Stopped, 0, at, 0) : _machine.RunSegment(at, _registers, _stops);

    private void Answer(EmittedFunction function, int call, InputClass input)
    {
        var symbol = function.Code.References.First(reference => reference.Instruction == call).Symbol;
        var number = _functions.IndexOf(_functions.First(known => known.Name == symbol));
        var isAnswered = input.Choice(new Observable(ObservableKind.Answer, number)) ?? throw new UnreachableException();
        _registers.AsSpan(1, 5).Fill(Machine.Lost);
        _registers[0] = !isAnswered ? 0 : _functions[number].Role == FunctionRole.Logged ? 1 : PartAnswer;
    }

    // The registers that items begin with: those with which the look-ups end.
    private void Prepare(EmittedFunction function, int entry)
    {
        if (_prepared == function.Code.Name)
        {
            return;
        }

        Fill(InputClass.All, 0);
        _atItem.AsSpan().Fill(Machine.Lost);
        _atItem[1] = _machine.Give(_input);
        if (_machine.RunSegment(entry, _atItem, _firsts).Fault != FaultKind.Stopped)
        {
            throw new InvalidOperationException($"the entry of {function.Code.Name} leads to no item");
        }

        _atItem.AsSpan(0, 6).Fill(Machine.Lost);
        _prepared = function.Code.Name;
    }

    private void Fill(InputClass input, uint fill)
    {
        _facts.Clear();
        input.CopyTo(_facts);
        _input.AsSpan().Fill((byte)fill);
        _members.Values.AsSpan().Fill((byte)fill);
        _names.Values.AsSpan().Fill((byte)fill);
        foreach (var (what, first, second) in _facts)
        {
            switch (what.Kind)
            {
                case ObservableKind.Field:
                    Write(PolicyInput.Fields[what.Index], fill == 0 ? first : second);
                    break;
                case ObservableKind.SelfWord:
                    WriteWord(_members[Self], what.Index, second | (fill & ~first));
                    break;
                case ObservableKind.PeerWord:
                    WriteWord(_members[Peer], what.Index, second | (fill & ~first));
                    break;
                case ObservableKind.NameWord:
                    WriteWord(_names[0], what.Index, second | (fill & ~first));
                    break;
            }
        }

        WriteClass(PolicyInput.SelfClass, ObservableKind.SelfLookup, Self, input);
        WriteClass(PolicyInput.PeerClass, ObservableKind.PeerLookup, Peer, input);
        WriteClass(PolicyInput.PortNames, ObservableKind.NameLookup, 0, input);
    }

    private void WriteClass(InputField field, ObservableKind lookup, int number, InputClass input)
    {
        var (_, last) = input.RangeOf(new Observable(ObservableKind.Field, PolicyInput.Fields.IndexOf(field)), uint.MaxValue);
        var isMissing = input.Choice(new Observable(lookup, 0)) == false;
        Write(field, last == 0 ? 0 : isMissing ? Missing : (uint)number);
    }

    // Beyond the end there is nothing to write to: an access there is for the machine to find.
    private static void WriteWord(Span<byte> words, int index, uint value)
    {
        if (index < words.Length / sizeof(uint))
        {
            BinaryPrimitives.WriteUInt32LittleEndian(words[(index * sizeof(uint))..], value);
        }
    }

    private void Write(InputField field, uint value)
    {
        var bytes = _input.AsSpan(field.Offset);
        switch (field.Size)
        {
            case MemorySize.Bits8:
                bytes[0] = (byte)value;
                break;
            case MemorySize.Bits16:
                BinaryPrimitives.WriteUInt16LittleEndian(bytes, (ushort)value);
                break;
            default:
                BinaryPrimitives.WriteUInt32LittleEndian(bytes, value);
                break;
        }
    }
}
