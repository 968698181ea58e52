using Netpol.Compiler.Bpf.Functions;

namespace Netpol.Compiler.Bpf.Objects;

/// <summary>A function found in an object.</summary>
/// <param name="Section">Such as <c>.text</c> or <c>tc</c>.</param>
public sealed record ObjectFunction(string Section, BpfFunction Code);
