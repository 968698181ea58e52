using System.Collections.Immutable;
using System.Globalization;
using Netpol.Compiler.Backends.Bytecode;
using Netpol.Compiler.Bpf.Functions;
using Netpol.Compiler.Validation;
using Netpol.Text;

namespace Netpol.Compiler.Compilation;

/// <summary>The stages of the bytecode backend, after those that all backends share: emit, prove, write.</summary>
public static class BytecodeCompiler
{
    /// <summary>Emits the verdicts of a build whose verdicts are code, and proves them against its decisions before anything is made of them.</summary>
    /// <param name="sources">For the places of diagnostics.</param>
    public static BytecodeResult Compile(CompilationOutput output, ImmutableArray<SourceFile> sources) =>
        Prove(output, BytecodeBackend.Emit(output.Program), sources);

    /// <summary>Makes the datapath library's object one of a bundle's.</summary>
    /// <exception cref="InvalidOperationException">It is no such library.</exception>
    public static byte[] Specialize(byte[] library, DatapathOutput output) =>
        LibrarySpecialization.TrySpecialize(library, output.Scope, output.Layout, out var specialized, out var problem)
            ? specialized
            : throw new InvalidOperationException($"the datapath library cannot be read: {problem}");

    /// <summary>Proves what an emitter made.</summary>
    internal static BytecodeResult Prove(CompilationOutput output, ImmutableArray<EmittedFunction> functions, ImmutableArray<SourceFile> sources)
    {
        var (program, layout) = (output.Program, output.Layout);
        if (TranslationValidator.Validate(program, functions, layout.MemberWords, layout.PortNameWords) is not { } mismatch)
        {
            ImmutableArray<BpfFunction> code = [.. functions.Select(function => function.Code)];
            return new BytecodeResult(code, [.. VerdictObject.Write(code, layout.Maps)], []);
        }

        var shown = Counterexample.Of(mismatch, program, functions, layout.MemberWords, layout.PortNameWords);
        var packet = PacketText.Of(shown.Direction, shown.Input, program);
        var (actual, expected) = shown.Actual is { } answer
            ? ($"gets {Verdict(answer)}", $"get {Verdict(shown.Expected)}")
            : ($"leads to {mismatch.Actual}", $"lead to {mismatch.Expected}");
        var origin = mismatch.Item < 0 ? null : mismatch.Plan.Items[mismatch.Item] switch
        {
            PlanItem.Guard guard => guard.Origin,
            PlanItem.Decide decide => decide.Origin,
            _ => null,
        };
        return new BytecodeResult([], [], [TargetLimits.At(
            TargetDiagnostics.WrongBytecode, origin ?? program.Policies.FirstOrDefault()?.Origin, sources, packet, actual, expected)]);
    }

    private static string Verdict(ulong answer)
    {
        var word = (answer >> 32 & 0xff) switch
        {
            (ulong)Bundle.Verdict.Allow => "allow",
            (ulong)Bundle.Verdict.Deny => "deny",
            var other => string.Create(CultureInfo.InvariantCulture, $"verdict {other}"),
        };
        var rule = (uint)answer;
        return word + (rule == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $" by rule {rule}")) + ((answer >> VerdictAnswer.LogBit & 1) != 0 ? " with log" : "");
    }
}
