using System.Buffers.Binary;
using System.Collections.Immutable;
using Netpol.Loader.Templates;

namespace Netpol.Bench.Counting;

/// <summary>Puts instructions in front of others of a program, and makes every jump and call go where its target went: to what stands in front of it.</summary>
internal static class CodeInsertion
{
    internal const byte LoadImmediate64 = 0x18, Call = 0x85;
    internal const int PseudoMapValue = 2;

    private const byte Exit = 0x95, JumpFar = 0x06;
    private const int PseudoCall = 1, PseudoFunction = 4;

    /// <param name="before">What is to stand in front of an instruction, by its index; loads of map values in it are of <paramref name="map"/>.</param>
    internal static ProgramTemplate Into(ProgramTemplate template, byte[][] code, Func<int, IEnumerable<byte[]>> before, string map)
    {
        var maps = template.Maps.ToDictionary(reference => reference.Instruction, reference => reference.Map);
        List<byte[]> output = [];
        var references = ImmutableArray.CreateBuilder<MapReference>();
        // Where the old instruction went, what stands in front of it included; and where it is itself.
        int[] moved = new int[code.Length + 1], itself = new int[code.Length];
        for (var i = 0; i < code.Length; i++)
        {
            moved[i] = output.Count;
            foreach (var inserted in before(i))
            {
                if (inserted[0] == LoadImmediate64)
                {
                    references.Add(new MapReference(output.Count, map));
                }

                output.Add(inserted);
            }

            itself[i] = output.Count;
            output.Add(code[i]);
            if (maps.TryGetValue(i, out var known))
            {
                references.Add(new MapReference(itself[i], known));
            }

            if (code[i][0] == LoadImmediate64)
            {
                moved[i + 1] = output.Count;
                output.Add(code[++i]);
            }
        }

        moved[code.Length] = output.Count;
        for (var i = 0; i < code.Length; i++)
        {
            Retarget(output[itself[i]], i, itself[i], moved);
            i += code[i][0] == LoadImmediate64 ? 1 : 0;
        }

        // Line numbers would be of other instructions; functions need theirs, to be proved one by one.
        return template with
        {
            Instructions = [.. output.SelectMany(instruction => instruction)],
            Maps = references.ToImmutable(),
            FunctionInfo = Functions(template, moved),
            LineInfo = [],
        };
    }

    /// <summary>The first instruction of each function, and the end.</summary>
    internal static int[] Starts(ProgramTemplate template) => [.. Enumerable.Range(0, template.FunctionInfo.Length / Math.Max(1, template.FunctionInfoSize))
        .Select(index => BinaryPrimitives.ReadInt32LittleEndian(template.FunctionInfo.AsSpan(index * template.FunctionInfoSize)))
        .Append(0).Append(template.Instructions.Length / 8).Distinct().Order()];

    internal static bool IsHelper(byte[] instruction) => instruction[0] == Call && instruction[1] >> 4 == 0;

    internal static int Immediate(byte[] instruction) => BinaryPrimitives.ReadInt32LittleEndian(instruction.AsSpan(4));

    internal static byte[] Instruction(byte code, int destination, int source, short offset, int immediate)
    {
        var instruction = new byte[8];
        instruction[0] = code;
        instruction[1] = (byte)(destination | source << 4);
        BinaryPrimitives.WriteInt16LittleEndian(instruction.AsSpan(2), offset);
        BinaryPrimitives.WriteInt32LittleEndian(instruction.AsSpan(4), immediate);
        return instruction;
    }

    private static void Retarget(byte[] instruction, int old, int now, int[] moved)
    {
        var code = instruction[0];
        var isJump = (code & 7) is 5 or 6;
        if (isJump && code is not (Call or Exit or JumpFar))
        {
            var offset = moved[old + 1 + BinaryPrimitives.ReadInt16LittleEndian(instruction.AsSpan(2))] - now - 1;
            BinaryPrimitives.WriteInt16LittleEndian(instruction.AsSpan(2), checked((short)offset));
        }
        else if (code == JumpFar || (code == Call && instruction[1] >> 4 == PseudoCall) || (code == LoadImmediate64 && instruction[1] >> 4 == PseudoFunction))
        {
            BinaryPrimitives.WriteInt32LittleEndian(instruction.AsSpan(4), moved[old + 1 + Immediate(instruction)] - now - 1);
        }
    }

    private static byte[] Functions(ProgramTemplate template, int[] moved)
    {
        var records = (byte[])template.FunctionInfo.Clone();
        for (var at = 0; at < records.Length; at += template.FunctionInfoSize)
        {
            BinaryPrimitives.WriteInt32LittleEndian(records.AsSpan(at), moved[BinaryPrimitives.ReadInt32LittleEndian(records.AsSpan(at))]);
        }

        return records;
    }
}
