using System.Collections.Immutable;

namespace Netpol.Compiler.Backends.Bytecode;

/// <summary>A function of <c>struct policy_input *</c> before it has instructions.</summary>
/// <param name="Refusal">The answer without an input, and where a class is in no table.</param>
internal sealed record FunctionPlan(string Name, FunctionRole Role, ulong Refusal, ImmutableArray<PlanItem> Items);
