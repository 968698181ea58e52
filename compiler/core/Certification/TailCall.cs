namespace Netpol.Compiler.Certification;

/// <summary>Where a tail call goes.</summary>
/// <param name="Map">The array of programs; empty: which one depends.</param>
/// <param name="Index">In the array; null: it depends.</param>
internal readonly record struct TailCall(string Map, long? Index);
