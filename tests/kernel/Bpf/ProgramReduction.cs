using System.Collections.Immutable;
using Netpol.Compiler.Bpf;
using Netpol.Compiler.Bpf.Functions;

namespace Netpol.Tests.Kernel.Bpf;

/// <summary>Makes a program that shows a disagreement small: whatever may go becomes a jump to the next instruction.</summary>
internal static class ProgramReduction
{
    public static ImmutableArray<BpfFunction> Reduce(ImmutableArray<BpfFunction> functions, Func<ImmutableArray<BpfFunction>, bool> shows)
    {
        for (var isSmaller = true; isSmaller;)
        {
            isSmaller = false;
            for (var at = 0; at < functions.Length; at++)
            {
                for (var index = 0; index < functions[at].Instructions.Length; index++)
                {
                    var function = functions[at];

                    // Without a store the stack holds what nobody wrote, which differs everywhere.
                    if (function.Instructions[index].Code is Code.Jump or Code.Exit or Code.CallFunction
                        || function.Instructions[index].Code.Class() is InstructionClass.Store or InstructionClass.StoreImmediate || function.Instructions[index].Slots == 2)
                    {
                        continue;
                    }

                    var without = functions.SetItem(at, function with { Instructions = function.Instructions.SetItem(index, Instruction.Jump(0)) });
                    if (shows(without))
                    {
                        (functions, isSmaller) = (without, true);
                    }
                }
            }
        }

        return functions;
    }
}
