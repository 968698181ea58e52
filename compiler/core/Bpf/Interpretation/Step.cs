namespace Netpol.Compiler.Bpf.Interpretation;

/// <summary>An instruction made ready: jumps and calls know where they go, maps their number.</summary>
/// <param name="Offset">Of memory.</param>
/// <param name="Target">Of a jump or call: the index of a step.</param>
internal readonly record struct Step(Code Code, byte Destination, byte Source, short Offset, int Target, long Immediate);
