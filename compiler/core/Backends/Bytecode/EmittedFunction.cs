using System.Collections.Immutable;
using Netpol.Compiler.Bpf.Functions;

namespace Netpol.Compiler.Backends.Bytecode;

/// <summary>A function with the place of each item of its plan.</summary>
/// <param name="Places">The instruction that an item begins with; <see cref="Nowhere"/> where nothing leads to it.</param>
internal sealed record EmittedFunction(FunctionPlan Plan, BpfFunction Code, ImmutableArray<int> Places)
{
    public const int Nowhere = -1;
}
