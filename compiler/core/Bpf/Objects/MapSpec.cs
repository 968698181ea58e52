namespace Netpol.Compiler.Bpf.Objects;

/// <summary>A map as an object asks for it.</summary>
/// <param name="Type">A <c>BPF_MAP_TYPE_*</c> number.</param>
/// <param name="KeyType">The id in <see cref="ObjectSpec.Types"/>; 0 says the size alone.</param>
/// <param name="ValueType">Likewise.</param>
/// <param name="IsExternal">
/// Another object defines it, which is linked before this one: libbpf 1.1 loses the place of a map that is asked for before it is defined.
/// The linker compares the two, so types are named here if they are named there.
/// </param>
public sealed record MapSpec(
    string Name, int Type, int KeySize, int ValueSize, int MaxEntries, int Flags = 0, int KeyType = 0, int ValueType = 0, bool IsExternal = false);
