namespace Netpol.Compiler.Bpf.Objects;

/// <summary>A function that another object defines.</summary>
/// <param name="Prototype">The id of its type in <see cref="ObjectSpec.Types"/>.</param>
public sealed record ExternalFunction(string Name, int Prototype);
