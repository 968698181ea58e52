using System.Collections.Immutable;
using System.Diagnostics;
using Netpol.Binding;
using Netpol.Bundle.Verdicts;
using Netpol.Compiler.Backends.Bytecode;
using Netpol.Compiler.Backends.C;
using Netpol.Compiler.Bundling;
using Netpol.Compiler.Compilation;
using Netpol.Compiler.Ir;
using Netpol.Compiler.Layout;
using Netpol.Compiler.Lowering;
using Netpol.Compiler.Passes;
using Netpol.Compiler.Terms;
using Netpol.Compiler.Validation;
using Netpol.Diagnostics;
using Netpol.Model;
using Netpol.Parsing;
using Netpol.Semantics.Proofs;
using Netpol.Text;

namespace Netpol.Bench.Compile;

/// <summary>All stages of a build but clang, once, in a process of its own: cold, as a person who runs `netpol` meets them.</summary>
internal sealed class StageRun
{
    private readonly List<StageTime> _times = [];

    /// <summary>What `netpol build` does before it has a program; proofs of tests are `netpol test`'s.</summary>
    public const string Proofs = "prove";

    public static ImmutableArray<StageTime> Run(ReadOnlySpan<byte> text)
    {
        var run = new StageRun();
        run.Measure(text.ToArray());
        return [.. run._times];
    }

    private void Measure(byte[] text)
    {
        var source = Timed("decode", () => SourceFile.FromUtf8("large.netpol", text));
        var (unit, parsing) = Timed("parse", () => NetpolParser.Parse(source));
        var (model, binding) = Timed("bind", () => Binder.Bind([unit]));
        RefuseErrors([.. parsing, .. binding]);

        var program = Timed("lower", () => ModelLowering.Lower(model));
        foreach (var pass in PassList.Default)
        {
            program = Timed(pass.Name, () => pass.Run(program));
        }

        var (terms, reason) = Timed("terms", () => TermExtraction.Extract(program));
        var layout = Timed("layout", () => LayoutPlanner.Plan(model, program, new VerdictPlan(terms, reason)));
        var file = Timed("write terms", () => layout.Verdicts.Terms is { } known ? VerdictTermsFile.Write(known) : []);
        var manifest = Timed("describe", () => ManifestWriter.Describe(model, program, layout, [source.Path]));
        Timed("print c", () => CBackend.Emit(program, layout, [source.Path]));
        Bytecode(model, program, layout, source);
        Timed("list", () => Listing.Print(manifest, terms));
        Timed("seal", () => ManifestWriter.Seal(manifest, file, []));
        Timed(Proofs, () => Proven(model));
    }

    // As far as a kernel would take it: what is refused is never emitted.
    private void Bytecode(NetworkModel model, DecisionProgram program, DatapathLayout layout, SourceFile source)
    {
        VerdictPlan code = new(null, "");
        if (TargetLimits.Check(model, program, code, [source]).IsEmpty)
        {
            var functions = Timed("emit bytecode", () => BytecodeBackend.Emit(program));
            var proved = Timed("prove bytecode", () => TranslationValidator.Validate(program, functions, layout.MemberWords, layout.PortNameWords));
            if (proved is not null)
            {
                throw new InvalidOperationException($"the emitted code is wrong: {proved}");
            }
        }
    }

    // Proofs cost by the line of a test, so one line is what is measured.
    private static int Proven(NetworkModel model) => TestProver.Prove(model).Length;

    private T Timed<T>(string stage, Func<T> run)
    {
        var allocated = GC.GetTotalAllocatedBytes(precise: true);
        var started = Stopwatch.GetTimestamp();
        var result = run();
        var elapsed = Stopwatch.GetElapsedTime(started);
        _times.Add(new StageTime(stage, elapsed.TotalMilliseconds, GC.GetTotalAllocatedBytes(precise: true) - allocated));
        return result;
    }

    private static void RefuseErrors(ImmutableArray<Diagnostic> diagnostics)
    {
        if (diagnostics.FirstOrDefault(diagnostic => diagnostic.IsError) is { } error)
        {
            throw new InvalidOperationException($"the generated policy is wrong: {error}");
        }
    }
}
