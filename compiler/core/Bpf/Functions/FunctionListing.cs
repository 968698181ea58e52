using System.Globalization;
using System.Text;

namespace Netpol.Compiler.Bpf.Functions;

/// <summary>
/// Functions for people, as <c>bpftool prog dump xlated linum</c> shows them:
/// <code>
/// egress_verdict:
/// ; allow to db on 5432/tcp @ shop.netpol:9
///    0: (61) r0 = *(u32 *)(r1 +4)
/// </code>
/// </summary>
public static class FunctionListing
{
    public static string Print(IEnumerable<BpfFunction> functions) => string.Join('\n', functions.Select(Print));

    public static string Print(BpfFunction function)
    {
        var text = new StringBuilder();
        text.Append(function.Name).Append(":\n");
        var references = function.References.AsSpan();
        var lines = function.Lines.AsSpan();
        var slot = 0;
        for (var index = 0; index < function.Instructions.Length; index++)
        {
            for (; !lines.IsEmpty && lines[0].Instruction == index; lines = lines[1..])
            {
                var position = lines[0].Position;
                text.Append(CultureInfo.InvariantCulture, $"; {position.Text.Trim()} @ {position.File}:{position.Line}\n");
            }

            string? symbol = null;
            for (; !references.IsEmpty && references[0].Instruction == index; references = references[1..])
            {
                symbol = references[0].Symbol;
            }

            var instruction = function.Instructions[index];
            text.Append(CultureInfo.InvariantCulture, $"{slot,4}: ({instruction.Code.Opcode():x2}) ")
                .Append(InstructionPrinter.Print(instruction, symbol)).Append('\n');
            slot += instruction.Slots;
        }

        return text.ToString();
    }
}
