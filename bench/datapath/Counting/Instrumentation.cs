using System.Buffers.Binary;
using Netpol.Loader.Templates;
using static Netpol.Bench.Counting.CodeInsertion;

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

    private const byte MoveImmediate = 0xb7;
    private const byte StoreWord = 0x7b, LoadWord = 0x79, AtomicAdd = 0xdb, AddImmediate = 0x07;
    private const int FramePointer = 10, StackSize = 512;

    internal static ProgramTemplate Of(ProgramTemplate template, List<CallSite> sites)
    {
        var code = template.Instructions.Chunk(8).ToArray();
        var maps = template.Maps.ToDictionary(reference => reference.Instruction, reference => reference.Map);
        var spills = Spills(code, template);
        return CodeInsertion.Into(template, code, Before, Counters);

        IEnumerable<byte[]> Before(int index)
        {
            if (!IsHelper(code[index]))
            {
                return [];
            }

            sites.Add(new CallSite(template.Name, Immediate(code[index]), MapBefore(code, maps, index)));
            return Count(Immediate(code[index]), sites.Count - 1, spills[index]);
        }
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

    /// <summary>By instruction: a slot of its function's own frame. Frames must stay small where tail calls and functions meet.</summary>
    private static short[] Spills(byte[][] code, ProgramTemplate template)
    {
        var starts = CodeInsertion.Starts(template);
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
}
