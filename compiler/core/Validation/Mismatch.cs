using Netpol.Compiler.Backends.Bytecode;

namespace Netpol.Compiler.Validation;

/// <summary>Inputs for which emitted code does not do what the decisions say.</summary>
/// <param name="Item">The item of the function's plan; -1: before the first, or the plan itself.</param>
internal sealed record Mismatch(FunctionPlan Plan, int Item, InputClass Input, string Expected, string Actual);
