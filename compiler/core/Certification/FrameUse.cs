using Netpol.Compiler.Bpf;

namespace Netpol.Compiler.Certification;

/// <summary>
/// What a function uses of its own stack frame. Pointers into the frame are followed from where they are taken; from there they are
/// taken to go upwards, as those into objects of a C program do.
/// </summary>
/// <param name="Bytes">Rounded up to 8, as the verifier does (kernel/bpf/verifier.c, grow_stack_state).</param>
/// <param name="LowestPointer">Bytes of the frame from here on may be written by who was given a pointer; 0: none may.</param>
internal sealed record FrameUse(int Bytes, int LowestPointer)
{
    private const int Registers = 11;
    private const int Nowhere = int.MaxValue;

    /// <summary>Below every frame that a kernel gives: what goes down from here is too deep already.</summary>
    private const int Bottom = -4096;

    public static FrameUse Of(FlowGraph graph)
    {
        var states = new int[]?[graph.Blocks.Length];
        states[0] = [.. Enumerable.Repeat(Nowhere, Registers - 1), 0];
        var (touched, pointed) = (0, 0);
        SortedSet<int> waiting = [0];
        while (waiting.Count > 0)
        {
            var number = waiting.Min;
            waiting.Remove(number);
            var block = graph.Blocks[number];
            int[] state = [.. states[number] ?? []];
            for (var index = block.First; index < block.End; index++)
            {
                Access(graph[index], state, ref touched, ref pointed);
                Change(graph[index], state);
            }

            foreach (var successor in block.Successors)
            {
                if (Join(ref states[successor], state))
                {
                    waiting.Add(successor);
                }
            }
        }

        var deepest = -Math.Min(touched, pointed);
        return new FrameUse((deepest + 7) / 8 * 8, pointed);
    }

    private static void Access(Instruction instruction, int[] state, ref int touched, ref int pointed)
    {
        var code = instruction.Code;
        if (code.IsCall())
        {
            for (var argument = Register.R1; argument <= Register.R5; argument++)
            {
                Point(state[(int)argument], ref pointed);
            }

            return;
        }

        if (code.Class() is not (InstructionClass.Load or InstructionClass.Store or InstructionClass.StoreImmediate))
        {
            return;
        }

        var address = code.Class() == InstructionClass.Load ? instruction.Source : instruction.Destination;
        if (address == Register.R10)
        {
            touched = Math.Min(touched, instruction.Offset);
        }
        else if (state[(int)address] is var start and not Nowhere)
        {
            Point(start + instruction.Offset, ref pointed);
        }

        if (code.Class() == InstructionClass.Store)
        {
            Point(state[(int)instruction.Source], ref pointed);
        }
    }

    private static void Point(int offset, ref int pointed) => pointed = offset == Nowhere ? pointed : Math.Min(pointed, offset);

    private static void Change(Instruction instruction, int[] state)
    {
        var (code, destination) = (instruction.Code, (int)instruction.Destination);
        if (code.IsCall())
        {
            state.AsSpan(0, 6).Fill(Nowhere);
            return;
        }

        if (code.Class() is InstructionClass.Jump64 or InstructionClass.Jump32 or InstructionClass.Store or InstructionClass.StoreImmediate)
        {
            return;
        }

        var source = state[(int)instruction.Source];
        state[destination] = (code, state[destination]) switch
        {
            (Code.Move64Register, _) => source,
            (Code.Add64Immediate, var start and not Nowhere) => Math.Max(Bottom, start + (int)instruction.Immediate),
            (Code.Subtract64Immediate, var start and not Nowhere) => Math.Max(Bottom, start - (int)instruction.Immediate),
            (Code.Add64Register, var start) => Math.Min(start, source),
            _ => Nowhere,
        };
    }

    private static bool Join(ref int[]? into, int[] state)
    {
        if (into is null)
        {
            into = state;
            return true;
        }

        var isNew = false;
        for (var register = 0; register < Registers; register++)
        {
            if (state[register] < into[register])
            {
                // The first stays another block's: it is not to be changed under its feet.
                into = isNew ? into : [.. into];
                into[register] = state[register];
                isNew = true;
            }
        }

        return isNew;
    }
}
