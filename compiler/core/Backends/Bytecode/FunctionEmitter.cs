using System.Collections.Immutable;
using System.Diagnostics;
using Netpol.Compiler.Bpf;
using Netpol.Compiler.Bpf.Functions;
using Netpol.Compiler.Ir;
using Netpol.Model;

namespace Netpol.Compiler.Backends.Bytecode;

/// <summary>
/// Instructions for a plan:
/// <code>
/// r6 = in                                  refused without, and a verdict where the class of an end is zero
/// r7, r8, r9 = words of self, peer, names  those that the function asks for; refused where there are none
/// item 0, item 1, …                        each reads r6 to r9 alone
/// refusal
/// </code>
/// </summary>
internal sealed class FunctionEmitter
{
    private const short Key = -4;

    /// <summary>BTF has ten bits for a column and 22 for a line.</summary>
    private const int MaxColumn = 1023, MaxLine = (1 << 22) - 1;

    private readonly FunctionPlan _plan;
    private readonly FunctionAssembler _assembler;
    private readonly ConditionEmitter _conditions;
    private readonly Label[] _labels;
    private readonly bool[] _isTarget;
    private readonly ImmutableArray<int>.Builder _places = ImmutableArray.CreateBuilder<int>();
    private readonly Label _refusal;
    private bool _fallsThrough = true;
    private bool _isRefusalThere;

    private FunctionEmitter(FunctionPlan plan)
    {
        _plan = plan;
        _assembler = new FunctionAssembler(plan.Name);
        _conditions = new ConditionEmitter(_assembler);
        _refusal = _assembler.NewLabel();
        _labels = [.. plan.Items.Select(_ => _assembler.NewLabel())];
        _isTarget = new bool[_labels.Length];
    }

    public static EmittedFunction Emit(FunctionPlan plan)
    {
        FunctionEmitter emitter = new(plan);
        emitter.Prologue();
        for (var index = 0; index < plan.Items.Length; index++)
        {
            emitter.Item(index);
        }

        emitter.Refusal();
        return new EmittedFunction(plan, emitter._assembler.ToFunction(), emitter._places.ToImmutable());
    }

    /// <summary>The tables that a function looks up, in the order in which it does.</summary>
    public static ImmutableArray<WordTable> TablesOf(FunctionPlan plan)
    {
        HashSet<WordTable> used = [];
        foreach (var item in plan.Items)
        {
            Collect(ConditionOf(item), used);
        }

        return [.. new[] { WordTable.Self, WordTable.Peer, WordTable.PortNames }.Where(used.Contains)];
    }

    private static Condition ConditionOf(PlanItem item) => item switch
    {
        PlanItem.Unless unless => unless.When,
        PlanItem.Guard guard => guard.When,
        PlanItem.Decide decide => decide.When,
        PlanItem.Ask or PlanItem.Finish => Condition.Always,
        _ => throw new UnreachableException(),
    };

    private static void Collect(Condition condition, HashSet<WordTable> used)
    {
        switch (condition)
        {
            case Condition.Not not:
                Collect(not.Inner, used);
                break;
            case Condition.And and:
                foreach (var part in and.Parts)
                {
                    Collect(part, used);
                }

                break;
            case Condition.Or or:
                foreach (var part in or.Parts)
                {
                    Collect(part, used);
                }

                break;
            default:
                if (ConditionEmitter.BitOf(condition) is var (table, _))
                {
                    used.Add(table);
                }

                break;
        }
    }

    private void Prologue()
    {
        _assembler.At(Generated("who asks"));
        _assembler.JumpIf(JumpOperation.Equal, Register.R1, 0, _refusal);
        _assembler.Emit(Instruction.Move(ConditionEmitter.Input, Register.R1));
        var isVerdict = _plan.Role == FunctionRole.Verdict;
        var used = TablesOf(_plan);
        foreach (var table in (WordTable[])[WordTable.Self, WordTable.Peer, WordTable.PortNames])
        {
            // Class 0 is that of an end of which nothing is known. Names may be of class 0, which has none.
            var isAsked = isVerdict && table != WordTable.PortNames;
            if (isAsked || used.Contains(table))
            {
                _assembler.Emit(Instruction.Load(MemorySize.Bits32, Register.R1, ConditionEmitter.Input, table.Class.Offset));
            }

            if (isAsked)
            {
                _assembler.EmitJump(Instruction.JumpIf32(JumpOperation.Equal, Register.R1, 0, 0), _refusal);
            }

            if (used.Contains(table))
            {
                Lookup(table);
            }
        }
    }

    private void Lookup(WordTable table)
    {
        _assembler.Emit(Instruction.Store(MemorySize.Bits32, Register.R10, Key, Register.R1));
        _assembler.Emit(Instruction.Move(Register.R2, Register.R10));
        _assembler.Emit(Instruction.Alu64(AluOperation.Add, Register.R2, Key));
        _assembler.LoadMap(Register.R1, table.Map);
        _assembler.Emit(Instruction.CallHelper(Helper.MapLookupElem));
        _assembler.JumpIf(JumpOperation.Equal, Register.R0, 0, _refusal);
        _assembler.Emit(Instruction.Move(table.Address, Register.R0));
    }

    private void Item(int index)
    {
        if (!_fallsThrough && !_isTarget[index])
        {
            _places.Add(EmittedFunction.Nowhere);
            return;
        }

        _assembler.Mark(_labels[index]);
        _conditions.Forget();
        _places.Add(_assembler.Count);
        _fallsThrough = true;
        switch (_plan.Items[index])
        {
            case PlanItem.Unless unless:
                _assembler.At(Generated(unless.Answer == VerdictAnswer.Host ? "is it the node itself?" : "does a policy select this endpoint?"));
                Unless(unless, index);
                break;
            case PlanItem.Ask ask:
                _assembler.At(Generated("the next part of the rules"));
                Ask(ask, index);
                break;
            case PlanItem.Guard guard:
                _assembler.At(PositionOf(guard.Origin));
                Guard(guard);
                break;
            case PlanItem.Decide decide:
                _assembler.At(PositionOf(decide.Origin));
                Decide(decide, index);
                break;
            case PlanItem.Finish finish:
                _assembler.At(Generated(finish.Answer == VerdictAnswer.DefaultDeny ? "deny by default" : finish.Answer == 0 ? "none of these" : "not isolated"));
                if (finish.Answer == _plan.Refusal && _assembler.Count > _places[0])
                {
                    _assembler.Mark(_refusal);
                    _isRefusalThere = true;
                }

                Answer(finish.Answer);
                break;
            default:
                throw new UnreachableException();
        }
    }

    private void Unless(PlanItem.Unless unless, int index)
    {
        // The answer stands behind the test, where control goes if the condition does not hold.
        switch (Folding.Fold(new Condition.Not(unless.When)))
        {
            case Condition.True:
                Answer(unless.Answer);
                break;
            case Condition.False:
                break;
            case var isNot:
                _conditions.JumpUnless(isNot, Target(index + 1));
                Answer(unless.Answer);
                break;
        }
    }

    // A part's answer is in r0 already.
    private void Ask(PlanItem.Ask ask, int index)
    {
        _assembler.Emit(Instruction.Move(Register.R1, ConditionEmitter.Input));
        _assembler.CallFunction(ask.Function);
        _assembler.JumpIf(JumpOperation.Equal, Register.R0, 0, Target(index + 1));
        _assembler.Emit(Instruction.Exit());
        _fallsThrough = false;
    }

    private void Guard(PlanItem.Guard guard)
    {
        switch (Folding.Fold(guard.When))
        {
            case Condition.True:
                break;
            case Condition.False:
                _assembler.Jump(Target(guard.End));
                _fallsThrough = false;
                break;
            case var condition:
                _conditions.JumpUnless(condition, Target(guard.End));
                break;
        }
    }

    private void Decide(PlanItem.Decide decide, int index)
    {
        switch (Folding.Fold(decide.When))
        {
            case Condition.True:
                Answer(decide);
                break;
            case Condition.False:
                break;
            case var condition:
                _conditions.JumpUnless(condition, Target(index + 1));
                Answer(decide);
                break;
        }
    }

    private Label Target(int index)
    {
        _isTarget[index] = true;
        return _labels[index];
    }

    private void Answer(PlanItem.Decide decide)
    {
        if (decide.Logged is not { } logged)
        {
            Answer(decide.Answer);
            return;
        }

        _assembler.Emit(Instruction.Move(Register.R1, ConditionEmitter.Input));
        _assembler.CallFunction(logged);
        _assembler.Emit(Instruction.Alu64(AluOperation.ShiftLeft, Register.R0, VerdictAnswer.LogBit));
        _assembler.Emit(Instruction.Constant(Register.R1, decide.Answer));
        _assembler.Emit(Instruction.Alu64(AluOperation.Or, Register.R0, Register.R1));
        _assembler.Emit(Instruction.Exit());
        _fallsThrough = false;
    }

    private void Answer(ulong answer)
    {
        _assembler.Emit(Instruction.Constant(Register.R0, answer));
        _assembler.Emit(Instruction.Exit());
        _fallsThrough = false;
    }

    private void Refusal()
    {
        if (_isRefusalThere)
        {
            return;
        }

        _assembler.At(Generated("nothing is known of who asks"));
        _assembler.Mark(_refusal);
        Answer(_plan.Refusal);
    }

    private static SourcePosition PositionOf(Origin origin) => new(
        origin.File, Math.Clamp(origin.Line, 1, MaxLine), Math.Clamp(origin.Column, 1, MaxColumn), origin.Text.Length == 0 ? "rule" : origin.Text);

    // Code of no rule.
    private SourcePosition Generated(string text) => new(_plan.Name, 1, 1, text);
}
