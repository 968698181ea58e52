namespace Netpol.Compiler.Certification;

/// <summary>A value that is the same whatever the packet.</summary>
/// <param name="Map">The map whose address it is; null: it is the number.</param>
internal readonly record struct Constant(ulong Number, string? Map = null);
