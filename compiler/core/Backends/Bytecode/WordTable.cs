using Netpol.Compiler.Bpf;

namespace Netpol.Compiler.Backends.Bytecode;

/// <summary>Words of bits that a verdict looks up by a class of its input, and keeps the address of.</summary>
/// <param name="Class">The field that is the key.</param>
/// <param name="Address">The register that holds the address from the look-up to the end of the function.</param>
internal sealed record WordTable(string Name, string Map, InputField Class, Register Address)
{
    public static WordTable Self { get; } = new("self", PolicyInput.ClassMembers, PolicyInput.SelfClass, Register.R7);

    public static WordTable Peer { get; } = new("peer", PolicyInput.ClassMembers, PolicyInput.PeerClass, Register.R8);

    public static WordTable PortNames { get; } = new("port names", PolicyInput.PortNameMembers, PolicyInput.PortNames, Register.R9);
}
