using Netpol.Compiler.Bpf;
using Netpol.Compiler.Bpf.Functions;

namespace Netpol.Tests.Kernel.Bpf;

/// <summary>Functions one behind the other, calls resolved, as the system call takes them.</summary>
internal static class FlatCode
{
    public static byte[] Of(IReadOnlyCollection<BpfFunction> functions)
    {
        Dictionary<string, int> starts = [];
        var slot = 0;
        foreach (var function in functions)
        {
            starts.Add(function.Name, slot);
            slot += function.Slots;
        }

        return [.. functions.SelectMany(function =>
        {
            var code = function.Instructions.ToArray();
            var slots = function.SlotOfInstruction();
            foreach (var (at, symbol) in function.References)
            {
                code[at] = Instruction.CallFunction(starts[symbol] - (starts[function.Name] + slots[at] + 1));
            }

            return InstructionCodec.Encode(code);
        })];
    }
}
