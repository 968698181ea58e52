using Netpol.Compiler.Bpf.Functions;
using Netpol.Compiler.Compilation;
using Netpol.Compiler.Ir;
using Netpol.Compiler.Layout;
using Netpol.Compiler.Terms;
using Netpol.Diagnostics;
using Netpol.Tests.Support;
using Netpol.Toolchain;

namespace Netpol.Tests.Unit.Compiler;

public sealed class CorpusTests
{
    public static TheoryData<string> Names => [.. CorpusCase.Names];

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_stage_makes_what_its_snapshot_says(string name)
    {
        var corpusCase = new CorpusCase(name);

        var loaded = SourceLoader.Load([corpusCase.Source]);
        var result = NetpolCompiler.Compile(loaded.Units, loaded.Diagnostics);
        var inCode = NetpolCompiler.Compile(loaded.Units, loaded.Diagnostics, VerdictChoice.Code);

        Verify(corpusCase, "diagnostics", MsBuildRenderer.Render(result.Diagnostics), "txt");
        if (result.Output is { } output)
        {
            Verify(corpusCase, "lowered", IrPrinter.Print(output.Lowered), "txt");
            Verify(corpusCase, "ir", IrPrinter.Print(output.Program), "txt");
            Verify(corpusCase, "layout", LayoutPrinter.Print(output.Program, output.Layout), "txt");
            Verify(corpusCase, "terms", output.Layout.Verdicts.Terms is { } terms ? TermPrinter.Print(output.Program, terms) : output.Layout.Verdicts.Reason + "\n", "txt");
            Verify(corpusCase, "tables", output.Code, "c");
            Verify(corpusCase, "datapath", inCode.Output?.Code ?? "", "c");
            var bytecode = BytecodeCompiler.Compile(inCode.Output!, loaded.Sources);
            Assert.Empty(bytecode.Diagnostics);
            Verify(corpusCase, "bytecode", FunctionListing.Print(bytecode.Functions), "txt");
            Verify(corpusCase, "listing", output.Listing, "txt");
        }
    }

    private static void Verify(CorpusCase corpusCase, string stage, string text, string extension) =>
        Verifier.VerifyFile(text, Path.Combine(corpusCase.Folder, stage), extension);
}
