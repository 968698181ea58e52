using Netpol.Compiler.Compilation;
using Netpol.Tests.Unit.Binding;

namespace Netpol.Tests.Unit.Compiler;

/// <summary>What is reported without asking, and that asking for anything decides alone.</summary>
public sealed class ObservationTests
{
    [Theory]
    [InlineData("", true)]
    [InlineData("observe { drops all }", true)]
    [InlineData("observe { flows 1 in 100 }", false)]
    [InlineData("observe { flows 1 in 100; drops all }", true)]
    [InlineData("observe { }", false)]
    [InlineData("observe { }\nobserve { drops all }", true)]
    public void Drops_are_reported_unless_an_observe_statement_leaves_them_out(string observe, bool isReported)
    {
        var model = Bound.Model($"policy closed for any {{ ingress {{ }} }}\n{observe}");

        var output = NetpolCompiler.Compile(model, []).Output;

        Assert.Equal(isReported, output?.Manifest.Observe.Drops);
        Assert.Contains($"#define NETPOL_OBSERVE_DROPS\t{(isReported ? 1 : 0)}", output?.Code, StringComparison.Ordinal);
    }
}
