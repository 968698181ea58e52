using System.Buffers.Binary;
using System.Collections.Immutable;
using Netpol.Loader.Templates;

namespace Netpol.Bench.Counting;

/// <summary>
/// A copy of a program that counts each call of a helper, exactly: in front of the call a counter of its own is raised.
/// <code>
///                         *(r10 - s) = r1
///                         r0 = &amp;counter
/// call helper       =>    r1 = 1
///                         lock *r0 += r1
///                         r1 = *(r10 - s)
///                         call helper
/// </code>
/// r0 is free there, because the call overwrites it; s is a slot of the stack that the program does not use.
/// </summary>
internal static class Instrumentation
{
    internal const string Counters = "bench.calls";

    private const byte LoadImmediate64 = 0x18, Call = 0x85, Exit = 0x95, JumpFar = 0x06, MoveImmediate = 0xb7;
    private const byte StoreWord = 0x7b, LoadWord = 0x79, AtomicAdd = 0xdb, AddImmediate = 0x07;
    private const int PseudoMapValue = 2, PseudoFunction = 4, FramePointer = 10, StackSize = 512;

    internal static ProgramTemplate Of(ProgramTemplate template, List<CallSite> sites)
    {
        var code = template.Instructions.Chunk(8).ToArray();
        var maps = template.Maps.ToDictionary(reference => reference.Instruction, reference => reference.Map);
        var spills = Spills(code, template);
        List<byte[]> output = [];
        var references = ImmutableArray.CreateBuilder<MapReference>();
        // Where the old instruction went, what stands in front of it included; and where it is itself.
        int[] moved = new int[code.Length + 1], itself = new int[code.Length];
        for (var i = 0; i < code.Length; i++)
        {
            moved[i] = output.Count;
            if (IsHelper(code[i]))
            {
                references.Add(new MapReference(output.Count + (CallSite.TakesNothing(Immediate(code[i])) ? 0 : 1), Counters));
                output.AddRange(Count(Immediate(code[i]), sites.Count, spills[i]));
                sites.Add(new CallSite(template.Name, Immediate(code[i]), MapBefore(code, maps, i)));
            }

            itself[i] = output.Count;
            output.Add(code[i]);
            if (maps.TryGetValue(i, out var map))
            {
                references.Add(new MapReference(itself[i], map));
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

    private static IEnumerable<byte[]> Count(int helper, int site, short spill)
    {
        var keeps = !CallSite.TakesNothing(helper);
        if (keeps)
        {
            yield return Instruction(StoreWord, FramePointer, 1, spill, 0);
        }

        yield return Instruction(LoadImmediate64, 0, PseudoMapValue, 0, 0);
        yield return Instruction(0, 0, 0, 0, 8 * site);
        yield return Instruction(MoveImmediate, 1, 0, 0, 1);
        yield return Instruction(AtomicAdd, 0, 1, 0, 0);
        if (keeps)
        {
            yield return Instruction(LoadWord, 1, FramePointer, spill, 0);
        }
    }

    /// <summary>Makes a jump, a call of a function or its address go where its target went.</summary>
    private static void Retarget(byte[] instruction, int old, int now, int[] moved)
    {
        var code = instruction[0];
        var isJump = (code & 7) is 5 or 6;
        if (isJump && code is not (Call or Exit or JumpFar))
        {
            var offset = moved[old + 1 + BinaryPrimitives.ReadInt16LittleEndian(instruction.AsSpan(2))] - now - 1;
            BinaryPrimitives.WriteInt16LittleEndian(instruction.AsSpan(2), checked((short)offset));
        }
        else if (code == JumpFar || (code == Call && !IsHelper(instruction)) || (code == LoadImmediate64 && instruction[1] >> 4 == PseudoFunction))
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

    /// <summary>By instruction: a slot of its function's own frame. Frames must stay small where tail calls and functions meet.</summary>
    private static short[] Spills(byte[][] code, ProgramTemplate template)
    {
        var starts = Enumerable.Range(0, template.FunctionInfo.Length / Math.Max(1, template.FunctionInfoSize))
            .Select(index => BinaryPrimitives.ReadInt32LittleEndian(template.FunctionInfo.AsSpan(index * template.FunctionInfoSize)))
            .Append(0).Append(code.Length).Distinct().Order().ToArray();
        var spills = new short[code.Length];
        foreach (var (start, end) in starts.Zip(starts.Skip(1)))
        {
            spills.AsSpan(start, end - start).Fill(Spill(code[start..end]));
        }

        return spills;
    }

    /// <summary>The first slot below all that the function uses of its stack.</summary>
    private static short Spill(byte[][] code)
    {
        var deepest = code
            .Where(instruction => (instruction[0] & 7) is 1 or 2 or 3 && ((instruction[1] & 15) == FramePointer || instruction[1] >> 4 == FramePointer))
            .Select(instruction => (int)BinaryPrimitives.ReadInt16LittleEndian(instruction.AsSpan(2)))
            .Concat(code.Where(instruction => instruction[0] == AddImmediate && Immediate(instruction) is < 0 and > -StackSize).Select(Immediate))
            .DefaultIfEmpty(0).Min();
        return (short)((deepest - 15) / 8 * 8);
    }

    /// <summary>
    /// The map that was last put into the register of an argument, without its family: where both families have one call in common,
    /// each comes to it with its own map.
    /// </summary>
    private static string MapBefore(byte[][] code, Dictionary<int, string> maps, int call)
    {
        for (var i = call - 1; i >= 0 && code[i][0] != Call; i--)
        {
            if (maps.TryGetValue(i, out var map) && (code[i][1] & 15) is 1 or 2)
            {
                return map.TrimEnd('4', '6');
            }
        }

        return "";
    }

    private static bool IsHelper(byte[] instruction) => instruction[0] == Call && instruction[1] >> 4 == 0;

    private static int Immediate(byte[] instruction) => BinaryPrimitives.ReadInt32LittleEndian(instruction.AsSpan(4));

    private static byte[] Instruction(byte code, int destination, int source, short offset, int immediate)
    {
        var instruction = new byte[8];
        instruction[0] = code;
        instruction[1] = (byte)(destination | source << 4);
        BinaryPrimitives.WriteInt16LittleEndian(instruction.AsSpan(2), offset);
        BinaryPrimitives.WriteInt32LittleEndian(instruction.AsSpan(4), immediate);
        return instruction;
    }
}
