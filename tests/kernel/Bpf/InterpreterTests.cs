using System.Collections.Immutable;
using System.Globalization;
using Netpol.Compiler.Bpf.Functions;
using Netpol.Compiler.Bpf.Interpretation;
using Netpol.Loader.Native;
using Netpol.Loader.Templates;
using Xunit.Abstractions;

namespace Netpol.Tests.Kernel.Bpf;

/// <summary>The interpreter and the running kernel give every program the same answer.</summary>
public sealed class InterpreterTests(ITestOutputHelper output)
{
    private const int Programs = 2_500, InputsOfProgram = 3;
    private const int ContextSize = 192;

    private static readonly byte[] Frame = new byte[64];

    [Fact]
    public void Interpreter_and_kernel_agree_on_every_program()
    {
        // NETPOL_SEED repeats a run.
        var seed = int.TryParse(Environment.GetEnvironmentVariable("NETPOL_SEED"), CultureInfo.InvariantCulture, out var given)
            ? given
            : Random.Shared.Next();
        output.WriteLine($"seed {seed}");
        Random random = new(seed);
        HashSet<uint> answers = [];

        for (var n = 0; n < Programs; n++)
        {
            var functions = new RandomProgram(random).Next();
            ImmutableArray<byte[]> contexts = [.. Enumerable.Range(0, InputsOfProgram).Select(_ => Context(random))];
            if (Disagreement(functions, contexts, answers) is { } found)
            {
                var small = ProgramReduction.Reduce(functions, smaller => Shows(smaller, contexts));
                Assert.Fail($"seed {seed}, program {n}: {found}; made smaller: {Disagreement(small, contexts, answers)}\n{FunctionListing.Print(small)}");
            }
        }

        // Programs that forget what they were given would agree on anything.
        Assert.True(answers.Count > Programs, $"only {answers.Count} different answers");
    }

    private static string? Disagreement(ImmutableArray<BpfFunction> functions, ImmutableArray<byte[]> contexts, HashSet<uint> answers)
    {
        var program = MachineProgram.Link(functions);
        Machine machine = new(program, MapHelpers.Table);
        using var loaded = BpfProgram.Load(
            new ProgramTemplate("random", FlatCode.Of(functions), [], [], 0, [], 0), _ => throw new InvalidOperationException("there are no maps"), null);
        foreach (var context in contexts)
        {
            var expected = (uint)loaded.TestRun(Frame, context, new byte[Frame.Length]).Answer;
            var result = machine.Run(program.EntryOf(RandomProgram.Main), (byte[])context.Clone());
            answers.Add(expected);
            if ((result.Fault, (uint)result.Answer) != (FaultKind.None, expected))
            {
                return $"kernel 0x{expected:x}, interpreter {result.Fault} 0x{(uint)result.Answer:x}, context {Convert.ToHexString(context)}";
            }
        }

        return null;
    }

    private static bool Shows(ImmutableArray<BpfFunction> functions, ImmutableArray<byte[]> contexts)
    {
        try
        {
            return Disagreement(functions, contexts, []) is not null;
        }
        catch (RefusedException)
        {
            return false;
        }
    }

    private static byte[] Context(Random random)
    {
        var context = new byte[ContextSize];
        foreach (var word in RandomProgram.ContextWords)
        {
            var value = random.Next(3) == 0 ? (uint)random.Next(-2, 3) : (uint)random.NextInt64() >> random.Next(32);
            BitConverter.TryWriteBytes(context.AsSpan(word), value);
        }

        return context;
    }
}
