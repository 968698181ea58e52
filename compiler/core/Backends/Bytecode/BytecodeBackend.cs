using System.Collections.Immutable;
using Netpol.Compiler.Ir;

namespace Netpol.Compiler.Backends.Bytecode;

/// <summary>
/// Decisions as instructions, without clang: functions that take the place of the library's weak ones when libbpf links the two.
/// </summary>
internal static class BytecodeBackend
{
    /// <summary>All functions; who is called stands before who calls.</summary>
    public static ImmutableArray<EmittedFunction> Emit(DecisionProgram program) =>
        [.. VerdictPlanner.Plan(program.Egress).Concat(VerdictPlanner.Plan(program.Ingress)).Select(FunctionEmitter.Emit)];
}
