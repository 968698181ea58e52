using System.Collections.Immutable;
using Netpol.Compiler.Backends.Bytecode;
using Netpol.Compiler.Ir;

namespace Netpol.Compiler.Validation;

/// <summary>
/// Proves that emitted functions give every input the verdict that the decisions give it: plans say what the decisions say
/// (<see cref="PlanProof"/>), and code does what its plan says (<see cref="FunctionProof"/>). What is believed: the two definitions of
/// what a condition means and of what an instruction does, of which the second is the interpreter's.
/// </summary>
internal static class TranslationValidator
{
    /// <returns>Null where everything agrees.</returns>
    public static Mismatch? Validate(
        DecisionProgram program, ImmutableArray<EmittedFunction> functions, int memberWords, int portNameWords)
    {
        ImmutableArray<(string, FunctionRole)> known = [.. functions.Select(function => (function.Plan.Name, function.Plan.Role))];
        ImmutableArray<FunctionPlan> plans = [.. functions.Select(function => function.Plan)];
        if ((PlanProof.Of(program.Egress, plans) ?? PlanProof.Of(program.Ingress, plans)) is { } wrongPlan)
        {
            return wrongPlan;
        }

        SegmentReplay replay;
        try
        {
            replay = new SegmentReplay(functions, known, memberWords, portNameWords);
        }
        catch (InvalidOperationException problem)
        {
            return new Mismatch(plans[0], -1, InputClass.All, "functions that refer to each other", problem.Message);
        }

        foreach (var function in functions)
        {
            var refusal = function.Plan.Role == FunctionRole.Logged ? 0 : VerdictAnswer.DefaultDeny;
            if (function.Plan.Refusal != refusal)
            {
                return new Mismatch(function.Plan, -1, InputClass.All, $"0x{refusal:x} without an input", $"0x{function.Plan.Refusal:x}");
            }

            if (FunctionProof.Of(function, known, replay) is { } mismatch)
            {
                return mismatch;
            }
        }

        return null;
    }
}
