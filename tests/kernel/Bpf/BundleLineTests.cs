using Netpol.Compiler.Compilation;
using Netpol.Tests.Kernel.Datapath;
using Netpol.Tests.Support;
using Netpol.Toolchain;

namespace Netpol.Tests.Kernel.Bpf;

/// <summary>What the kernel has loaded of a bundle of bytecode shows the lines of the policy.</summary>
public sealed class BundleLineTests
{
    [Fact]
    public void Every_rule_stands_above_its_instructions()
    {
        using TemporaryFolder folder = new();
        var built = BundleBuilder.Build([new CorpusCase("log").Source], folder.Of("bundle"), VerdictChoice.Code, BackendKind.Bytecode);
        Assert.NotNull(built.Manifest);
        using TestNode node = new(File.ReadAllBytes(Path.Combine(folder.Of("bundle"), built.Manifest.Object)));
        using var program = node.SharedProgram("new_connection");

        var listing = Scratch.Shell("bpftool", "prog", "dump", "xlated", "id", $"{program.Id}", "linum");

        Assert.All(built.Manifest.Rules, rule => Assert.Contains(
            $"; {rule.Text} [file:{rule.File} line_num:{rule.Line} line_col:{rule.Column}]", listing));
    }
}
