using System.Collections.Immutable;
using Netpol.Compiler.Backends.Bytecode;
using Netpol.Compiler.Bpf.Functions;
using Netpol.Compiler.Compilation;
using Netpol.Compiler.Ir;
using Netpol.Compiler.Lowering;
using Netpol.Compiler.Passes;
using Netpol.Compiler.Validation;
using Netpol.Tests.Support;
using Netpol.Toolchain;

namespace Netpol.Tests.Unit.Compiler.Bytecode;

public sealed class ValidationTests
{
    public static TheoryData<string> Names => [.. CorpusCase.Names];

    [Theory]
    [MemberData(nameof(Names))]
    public void Emitted_code_of_every_corpus_case_is_proved(string name)
    {
        var loaded = SourceLoader.Load([new CorpusCase(name).Source]);
        var result = NetpolCompiler.Compile(loaded.Units, loaded.Diagnostics);

        if (result.Output is { } output)
        {
            Assert.Null(Validate(output.Program, BytecodeBackend.Emit(output.Program)));
            Assert.Null(Validate(output.Lowered, BytecodeBackend.Emit(output.Lowered)));
        }
    }

    [Theory]
    [InlineData(4096)]
    [InlineData(40)]
    public void Emitted_code_of_random_models_is_proved(int partCost)
    {
        for (var seed = 0; seed < 300; seed++)
        {
            var lowered = ModelLowering.Lower(new RandomWorld(seed).Model());
            foreach (var program in new[] { lowered, PassList.Run(lowered) })
            {
                ImmutableArray<EmittedFunction> functions = [.. VerdictPlanner.Plan(program.Egress, partCost)
                    .Concat(VerdictPlanner.Plan(program.Ingress, partCost)).Select(FunctionEmitter.Emit)];

                var mismatch = Validate(program, functions);

                Assert.True(mismatch is null, $"seed {seed}: {mismatch}\n{FunctionListing.Print(functions.Select(f => f.Code))}\n{IrPrinter.Print(program)}");
            }
        }
    }

    private static Mismatch? Validate(DecisionProgram program, ImmutableArray<EmittedFunction> functions) => TranslationValidator.Validate(
        program, functions, Math.Max(1, (program.Sets.Length + 63) / 64), Math.Max(1, (program.PortNames.Length + 63) / 64));
}
