using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using Netpol.Compiler.Backends.Bytecode;

namespace Netpol.Compiler.Validation;

/// <summary>
/// Proves that a function does what its plan says, item by item: from the beginning of an item, every path either answers or comes to
/// the beginning of the item that the plan says is next, for exactly the inputs for which it says so. Items come in order, so what
/// holds for each holds for the function.
/// </summary>
internal sealed class FunctionProof
{
    private readonly EmittedFunction _function;
    private readonly ImmutableArray<(string Name, FunctionRole Role)> _functions;
    private readonly FunctionWalk _walk;
    private readonly SegmentReplay _replay;

    private FunctionProof(EmittedFunction function, ImmutableArray<(string Name, FunctionRole Role)> functions, SegmentReplay replay)
    {
        _function = function;
        _functions = functions;
        _walk = new FunctionWalk(function.Code, functions, function.Places);
        _replay = replay;
    }

    public static Mismatch? Of(EmittedFunction function, ImmutableArray<(string Name, FunctionRole Role)> functions, SegmentReplay replay) =>
        new FunctionProof(function, functions, replay).Prove();

    private Mismatch? Prove()
    {
        PathEnd.Arrival? begin = null;
        // Who is refused may go on behind the first item.
        FunctionWalk entry = new(_function.Code, _functions, _function.Places.Take(1));
        foreach (var end in entry.From(SymbolicState.Entry()))
        {
            if (Entry(end) is { } mismatch)
            {
                return mismatch;
            }

            // What every item may count on is what holds on the one way to the first.
            if (end is PathEnd.Arrival arrival)
            {
                if (begin is not null)
                {
                    return Differs(-1, end, end.Input, "to come to the first item in one way", "comes in two");
                }

                begin = arrival;
            }
        }

        if (begin is null)
        {
            return new Mismatch(_function.Plan, -1, InputClass.All, "the first item", "never comes to it");
        }

        for (var item = 0; item < _function.Places.Length; item++)
        {
            if (_function.Places[item] != EmittedFunction.Nowhere && Item(item, begin) is { } mismatch)
            {
                return mismatch;
            }
        }

        return null;
    }

    // Refused exactly where something is missing.
    private Mismatch? Entry(PathEnd end)
    {
        var input = end.Input;
        List<bool?> needs =
        [
            input.Choice(new Observable(ObservableKind.Input, 0)),
            .. FunctionEmitter.TablesOf(_function.Plan).Select(table => input.Choice(new Observable(
                table == WordTable.Self ? ObservableKind.SelfLookup : table == WordTable.Peer ? ObservableKind.PeerLookup : ObservableKind.NameLookup, 0))),
            .. _function.Plan.Role == FunctionRole.Verdict ? (bool?[])[IsKnown(PolicyInput.SelfClass, input), IsKnown(PolicyInput.PeerClass, input)] : [],
        ];
        return needs.Contains(false) ? Compare(-1, end, input, new Next.Answer(SymbolicValue.Constant(_function.Plan.Refusal)), null)
            : needs.Contains(null) ? Differs(-1, end, input, "to look for every class", "does not")
            : Compare(-1, end, input, new Next.Item(0), null);
    }

    // Class 0 is that of nobody.
    private static bool? IsKnown(InputField field, InputClass input) =>
        input.RangeOf(new Observable(ObservableKind.Field, PolicyInput.Fields.IndexOf(field)), PolicyInput.MaxOf(field)) switch
        {
            (0, 0) => false,
            ( > 0, _) => true,
            _ => null,
        };

    private Mismatch? Item(int item, PathEnd.Arrival begin)
    {
        var place = _function.Places[item];

        // An item without code of its own.
        if (item + 1 < _function.Places.Length && _function.Places[item + 1] == place && Expected(item, begin.Input, out _) is Next.Item { Index: var next } && next == item + 1)
        {
            return null;
        }

        foreach (var end in _walk.From(SymbolicState.AtItem(place, begin.Kept, begin.Input)))
        {
            if (Check(item, end, end.Input, begin) is { } mismatch)
            {
                return mismatch;
            }
        }

        return null;
    }

    // A path may know less than the plan asks; then its inputs are told apart further.
    private Mismatch? Check(int item, PathEnd end, InputClass input, PathEnd.Arrival begin)
    {
        if (Expected(item, input, out var split) is { } expected)
        {
            return Compare(item, end, input, expected, begin);
        }

        foreach (var part in split)
        {
            if (Check(item, end, part, begin) is { } mismatch)
            {
                return mismatch;
            }
        }

        return split.IsEmpty ? Differs(item, end, input, "to ask another function", "does not") : null;
    }

    private Mismatch? Compare(int item, PathEnd end, InputClass input, Next expected, PathEnd.Arrival? begin)
    {
        var isSame = (end, expected) switch
        {
            (PathEnd.Exit exit, Next.Answer answer) => exit.Answer == answer.Value,
            (PathEnd.Arrival arrival, Next.Item next) =>
                arrival.Instruction == _function.Places[next.Index] && (begin is null || arrival.Kept == begin.Kept),
            _ => false,
        };
        return isSame
            ? _replay.Disagreement(_function, item, input, end) is { } problem ? Differs(item, end, input, Text(expected), problem) : null
            : Differs(item, end, input, Text(expected), Text(end));
    }

    /// <summary>What the plan says; null where it depends on more, or on an answer that was not asked for.</summary>
    private Next? Expected(int item, InputClass input, out ImmutableArray<InputClass> split)
    {
        split = [];
        switch (_function.Plan.Items[item])
        {
            case PlanItem.Unless unless:
                return ConditionTruth.Of(unless.When, input, out split) is not { } isSelected ? null
                    : isSelected ? new Next.Item(item + 1) : new Next.Answer(SymbolicValue.Constant(unless.Answer));
            case PlanItem.Guard guard:
                return ConditionTruth.Of(guard.When, input, out split) is not { } isGuarded ? null
                    : new Next.Item(isGuarded ? item + 1 : guard.End);
            case PlanItem.Decide decide:
                return ConditionTruth.Of(decide.When, input, out split) is not { } decides ? null
                    : !decides ? new Next.Item(item + 1)
                    : decide.Logged is null ? new Next.Answer(SymbolicValue.Constant(decide.Answer))
                    : AnswerOf(decide.Logged, input) is { } isLogged ? new Next.Answer(SymbolicValue.Constant(
                        decide.Answer | (isLogged ? 1UL << VerdictAnswer.LogBit : 0)))
                    : null;
            case PlanItem.Ask ask:
                return AnswerOf(ask.Function, input) is not { } isAnswered ? null
                    : !isAnswered ? new Next.Item(item + 1)
                    : RoleOf(ask.Function) == FunctionRole.Logged ? new Next.Answer(SymbolicValue.Constant(1))
                    : new Next.Answer(SymbolicValue.Of(SymbolicKind.Answer, Answer(ask.Function)));
            case PlanItem.Finish finish:
                return new Next.Answer(SymbolicValue.Constant(finish.Answer));
            default:
                throw new UnreachableException();
        }
    }

    private bool? AnswerOf(string function, InputClass input) => input.Choice(Answer(function));

    private Observable Answer(string function) => new(ObservableKind.Answer, IndexOf(function));

    private FunctionRole RoleOf(string function) => _functions[IndexOf(function)].Role;

    private int IndexOf(string function) => _functions.IndexOf(_functions.First(known => known.Name == function));

    private Mismatch Differs(int item, PathEnd end, InputClass input, string expected, string actual) =>
        new(_function.Plan, item, input, expected, end is PathEnd.Fault fault ? Text(fault) : actual);

    private static string Text(Next next) => next switch
    {
        Next.Answer answer => Text(answer.Value),
        Next.Item item => string.Create(CultureInfo.InvariantCulture, $"item {item.Index}"),
        _ => throw new UnreachableException(),
    };

    private string Text(PathEnd end) => end switch
    {
        PathEnd.Exit exit => Text(exit.Answer),
        PathEnd.Arrival arrival when _function.Places.IndexOf(arrival.Instruction) is >= 0 and var item =>
            string.Create(CultureInfo.InvariantCulture, $"item {item}"),
        PathEnd.Arrival => "the middle of an item",
        PathEnd.Fault fault => fault.Problem,
        _ => throw new UnreachableException(),
    };

    private static string Text(SymbolicValue answer) => answer.Kind == SymbolicKind.Constant
        ? string.Create(CultureInfo.InvariantCulture, $"0x{answer.Number:x}")
        : "what another function answers";

    private abstract record Next
    {
        public sealed record Answer(SymbolicValue Value) : Next;

        public sealed record Item(int Index) : Next;
    }
}
