using Netpol.Loader.Native;

namespace Netpol.Bench.Counting;

/// <summary>Instructions of a program as the kernel has it.</summary>
/// <param name="Verified">That the verifier walked: what loading costs.</param>
internal sealed record ProgramSize(string Program, int Rules, int Translated, int JitedBytes, int Verified)
{
    internal static ProgramSize Of(string name, int rules, BpfProgram program)
    {
        var info = program.Info();
        return new ProgramSize(name, rules, (int)info.xlated_prog_len / 8, (int)info.jited_prog_len, (int)info.verified_insns);
    }
}
