using Netpol.Bench.Counting;
using Netpol.Compiler.Bpf;
using Netpol.Compiler.Bpf.Functions;
using Netpol.Compiler.Certification;
using Netpol.Loader.Templates;
using BpfInstruction = Netpol.Compiler.Bpf.Instruction;

namespace Netpol.Tests.Kernel.Certification;

/// <summary>A block of a loaded program with its counter.</summary>
/// <param name="Instructions">That run each time it is counted.</param>
/// <param name="IsEntry">The program begins with it.</param>
internal readonly record struct CountedBlock(string Program, int Instructions, bool IsEntry);

/// <summary>
/// A copy of a program that counts how often each of its blocks runs. In front of a block two of r6 to r9, which no helper changes, raise
/// its counter; what lives in them stands on the stack meanwhile.
/// </summary>
internal static class CountedBlocks
{
    internal const string Counters = "test.blocks";

    internal static ProgramTemplate Of(ProgramTemplate template, List<CountedBlock> blocks)
    {
        var code = template.Instructions.Chunk(8).ToArray();
        Dictionary<int, List<byte[]>> insertions = [];
        var starts = CodeInsertion.Starts(template);
        foreach (var (start, end) in starts.Zip(starts.Skip(1)))
        {
            Assert.True(InstructionCodec.TryDecode([.. code[start..end].SelectMany(bytes => bytes)], out var instructions));
            BpfFunction function = new(template.Name, instructions, [], []);
            var graph = FlowGraph.Of(function);
            var (slots, living, frame) = (function.SlotOfInstruction(), Living(graph), FrameUse.Of(graph).Bytes);
            foreach (var (number, block) in graph.Blocks.Index())
            {
                insertions.Add(start + slots[block.First], Count(blocks.Count, living[number], (short)-(frame + 8)));
                blocks.Add(new CountedBlock(template.Name, block.End - block.First, start == 0 && number == 0));
            }
        }

        return CodeInsertion.Into(template, code, index => insertions.GetValueOrDefault(index, []), Counters);
    }

    private static List<byte[]> Count(int counter, int living, short spill)
    {
        int[] free = [.. Enumerable.Range(6, 4).OrderBy(register => living >> register & 1)];
        var (address, one) = ((Register)free[0], (Register)free[1]);
        List<BpfInstruction> code = [];
        void Keep(Func<Register, short, BpfInstruction> move)
        {
            foreach (var (index, register) in ((Register[])[address, one]).Index().Where(item => (living >> (int)item.Item & 1) != 0))
            {
                code.Add(move(register, (short)(spill - 8 * index)));
            }
        }

        Keep((register, offset) => BpfInstruction.Store(MemorySize.Bits64, Register.R10, offset, register));
        code.Add(BpfInstruction.LoadMapValue(address, 0, 8 * counter));
        code.Add(BpfInstruction.Move(one, 1));
        code.Add(BpfInstruction.Atomic(AtomicOperation.Add, MemorySize.Bits64, address, 0, one));
        Keep((register, offset) => BpfInstruction.Load(MemorySize.Bits64, register, Register.R10, offset));
        return [.. InstructionCodec.Encode(code).Chunk(8)];
    }

    /// <summary>By block: those of r6 to r9 that are read before they are written.</summary>
    private static int[] Living(FlowGraph graph)
    {
        var living = new int[graph.Blocks.Length];
        for (var isSettled = false; !isSettled;)
        {
            isSettled = true;
            for (var number = living.Length - 1; number >= 0; number--)
            {
                var block = graph.Blocks[number];
                var now = block.Successors.Aggregate(0, (set, successor) => set | living[successor]);
                for (var index = block.Last; index >= block.First; index--)
                {
                    now = Before(graph[index], now);
                }

                isSettled &= now == living[number];
                living[number] = now;
            }
        }

        return living;
    }

    private static int Before(BpfInstruction instruction, int living)
    {
        var (code, destination, source) = (instruction.Code, 1 << (int)instruction.Destination, 1 << (int)instruction.Source);
        return code.Class() switch
        {
            InstructionClass.LoadImmediate => living & ~destination,
            InstructionClass.Load => living & ~destination | source,
            InstructionClass.Alu32 or InstructionClass.Alu64 when code.Operation() == (int)AluOperation.Move =>
                living & ~destination | (code.HasRegisterOperand() ? source : 0),
            _ => living | (code.Fields().HasFlag(InstructionFields.Destination) ? destination : 0) | (code.Fields().HasFlag(InstructionFields.Source) ? source : 0),
        };
    }
}
