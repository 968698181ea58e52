using System.Collections.Immutable;
using Netpol.Compiler.Backends.Bytecode;
using Netpol.Compiler.Bpf;
using Netpol.Compiler.Bpf.Functions;
using Netpol.Compiler.Compilation;
using Netpol.Compiler.Ir;
using Netpol.Compiler.Lowering;
using Netpol.Compiler.Passes;
using Netpol.Compiler.Validation;
using Netpol.Diagnostics;
using Netpol.Tests.Support;
using Netpol.Toolchain;
using Xunit.Abstractions;

namespace Netpol.Tests.Unit.Compiler.Bytecode;

/// <summary>An emitter that goes wrong in one place is caught, whatever the place.</summary>
public sealed class MutationTests(ITestOutputHelper output)
{
    private const int Tries = 20_000;

    private static readonly ImmutableArray<string> Cases =
        ["deny-beats-allow", "log", "named-ports", "port-ranges", "icmp", "same-namespace", "service-group-backends", "two-policies-one-pod"];

    [Fact]
    public void Every_wrong_instruction_is_caught()
    {
        SortedDictionary<Code, int> caught = [];
        List<string> missed = [];
        var harmless = 0;
        IEnumerable<(string Name, DecisionProgram Program)> programs =
        [
            .. Cases.Select(name => (name, Compiled(name))),
            .. Enumerable.Range(0, 12).Select(seed => ($"seed {seed}", PassList.Run(ModelLowering.Lower(new RandomWorld(seed).Model())))),
        ];
        foreach (var (name, program) in programs)
        {
            ImmutableArray<EmittedFunction> functions = [.. VerdictPlanner.Plan(program.Egress, 60)
                .Concat(VerdictPlanner.Plan(program.Ingress, 60)).Select(FunctionEmitter.Emit)];
            Assert.Null(Validate(program, functions));
            foreach (var (at, function) in functions.Index())
            {
                foreach (var (index, mutant) in Mutants(function, functions))
                {
                    var instruction = function.Code.Instructions[index];
                    if (Validate(program, functions.SetItem(at, mutant)) is not null)
                    {
                        caught[instruction.Code] = caught.GetValueOrDefault(instruction.Code) + 1;
                    }
                    else if (!InputJudge.CanTellApart(functions, functions.SetItem(at, mutant), Tries))
                    {
                        // Such as a jump past a load of what the register holds already.
                        harmless++;
                    }
                    else
                    {
                        missed.Add($"{name}: {function.Code.Name} at {index}: {instruction} became {mutant.Code.Instructions[index]}\n{FunctionListing.Print(mutant.Code)}");
                    }
                }
            }
        }

        output.WriteLine($"{caught.Values.Sum()} caught, {harmless} of no effect");
        output.WriteLine(string.Join('\n', caught.Select(entry => $"{entry.Value,6} {entry.Key}")));
        Assert.True(missed.Count == 0, $"{missed.Count} missed\n{string.Join('\n', missed.Take(5))}");
        Assert.True(harmless < caught.Values.Sum() / 100, $"{harmless} mutants changed nothing");
        var used = programs.SelectMany(entry => BytecodeBackend.Emit(entry.Program)).SelectMany(function => function.Code.Instructions)
            .Select(instruction => instruction.Code).Distinct().Order();
        Assert.Equal(used, caught.Keys.Order());
    }

    [Fact]
    public void A_wrong_branch_fails_the_build_with_a_packet_that_shows_it()
    {
        var loaded = SourceLoader.Load([new CorpusCase("deny-beats-allow").Source]);
        var output = NetpolCompiler.Compile(loaded.Units, loaded.Diagnostics).Output!;
        var functions = BytecodeBackend.Emit(output.Program);
        var verdict = functions.Single(function => function.Plan.Name == "ingress_verdict");
        var deny = verdict.Places[verdict.Plan.Items.ToList().FindIndex(item => item is PlanItem.Decide)];
        var branch = Enumerable.Range(deny, 8).First(index => verdict.Code.Instructions[index].Code.IsConditionalJump());
        var broken = verdict.Code.Instructions[branch] with { Code = Inverted(verdict.Code.Instructions[branch].Code) };

        var result = BytecodeCompiler.Prove(
            output,
            functions.Replace(verdict, verdict with { Code = verdict.Code with { Instructions = verdict.Code.Instructions.SetItem(branch, broken) } }),
            loaded.Sources);

        Assert.Empty(result.Functions);
        Verifier.Verify(MsBuildRenderer.Render(result.Diagnostics), "txt");
    }

    private static IEnumerable<(int Index, EmittedFunction Mutant)> Mutants(EmittedFunction function, ImmutableArray<EmittedFunction> all)
    {
        var code = function.Code;
        for (var index = 0; index < code.Instructions.Length; index++)
        {
            foreach (var wrong in Wrong(code.Instructions[index], index == code.Instructions.Length - 1))
            {
                yield return (index, function with { Code = code with { Instructions = code.Instructions.SetItem(index, wrong) } });
            }
        }

        foreach (var (at, reference) in code.References.Index())
        {
            var other = reference.Symbol == PolicyInput.ClassMembers ? PolicyInput.PortNameMembers
                : reference.Symbol == PolicyInput.PortNameMembers ? PolicyInput.ClassMembers
                : all.First(candidate => candidate.Plan.Name != reference.Symbol).Plan.Name;
            yield return (reference.Instruction, function with
            {
                Code = code with { References = code.References.SetItem(at, reference with { Symbol = other }) },
            });
        }
    }

    private static IEnumerable<Instruction> Wrong(Instruction right, bool isLast)
    {
        var code = right.Code;
        if (code == Code.Exit)
        {
            return isLast ? [] : [Instruction.Jump(0)];
        }

        if (code == Code.Jump || code.IsConditionalJump())
        {
            return
            [
                right with { Offset = (short)(right.Offset + 1) },
                .. code == Code.Jump ? [] : (Instruction[])[right with { Code = Inverted(code) }, Instruction.Jump(0), Instruction.Jump(right.Offset)],
                .. code == Code.Jump || code.HasRegisterOperand() ? [] : (Instruction[])[right with { Immediate = right.Immediate + 1 }],
            ];
        }

        return code switch
        {
            Code.Load8 or Code.Load16 or Code.Load32 =>
                [right with { Offset = (short)(right.Offset + code.Size().Bytes()) }, right with { Source = right.Source == Register.R6 ? Register.R7 : Register.R6 }],
            Code.CallFunction or Code.LoadMap => [Instruction.Move(Register.R0, 0)],
            Code.CallHelper => [Instruction.CallHelper(Helper.MapUpdateElem)],
            Code.Store32Register => [right with { Offset = -8 }],
            Code.Or64Register => [Instruction.Move(Register.R0, Register.R1)],
            Code.Move64Register => [right with { Source = Register.R3 }],
            _ => [right with { Immediate = right.Immediate ^ 1 }, right with { Immediate = right.Immediate + 4 }],
        };
    }

    private static Code Inverted(Code code) => code switch
    {
        Code.JumpIfEqual64Immediate => Code.JumpIfNotEqual64Immediate,
        Code.JumpIfEqual32Immediate => Code.JumpIfNotEqual32Immediate,
        Code.JumpIfNotEqual32Immediate => Code.JumpIfEqual32Immediate,
        Code.JumpIfGreater32Immediate => Code.JumpIfLessOrEqual32Immediate,
        Code.JumpIfLessOrEqual32Immediate => Code.JumpIfGreater32Immediate,
        Code.JumpIfLess32Immediate => Code.JumpIfGreaterOrEqual32Immediate,
        Code.JumpIfGreaterOrEqual32Immediate => Code.JumpIfLess32Immediate,
        Code.JumpIfAnyBit32Immediate => Code.JumpIfEqual32Immediate,
        _ => throw new InvalidOperationException($"{code} is not emitted"),
    };

    private static DecisionProgram Compiled(string name)
    {
        var loaded = SourceLoader.Load([new CorpusCase(name).Source]);
        return NetpolCompiler.Compile(loaded.Units, loaded.Diagnostics).Output!.Program;
    }

    private static Mismatch? Validate(DecisionProgram program, ImmutableArray<EmittedFunction> functions) => TranslationValidator.Validate(
        program, functions, Math.Max(1, (program.Sets.Length + 63) / 64), Math.Max(1, (program.PortNames.Length + 63) / 64));
}
