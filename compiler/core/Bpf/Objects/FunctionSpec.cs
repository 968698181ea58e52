using Netpol.Compiler.Bpf.Functions;

namespace Netpol.Compiler.Bpf.Objects;

/// <summary>A function of an object.</summary>
/// <param name="Prototype">The id of its type in <see cref="ObjectSpec.Types"/>.</param>
/// <param name="IsGlobal">The verifier proves it by its type alone, once, and other objects may call it.</param>
public sealed record FunctionSpec(BpfFunction Code, int Prototype, bool IsGlobal = true);
