using Netpol.Compiler.Bpf;

namespace Netpol.Compiler.Backends.Bytecode;

/// <summary>A member of <c>struct policy_input</c>.</summary>
/// <param name="Offset">In bytes.</param>
internal sealed record InputField(string Name, short Offset, MemorySize Size);
