using Netpol.Loader;

namespace Netpol.Tests.Kernel.Loader;

public sealed class ApplyTests
{
    [Fact]
    public void A_bundle_is_put_in_charge_and_nothing_is_done_the_second_time() => Scratch.Run(scratch =>
    {
        var bundle = SampleBundle.Write(Path.Combine(scratch.Folder, "bundle"));

        using var node = Node.Open(scratch.Paths);
        var first = node.Apply(bundle);
        var second = node.Apply(bundle);

        Assert.Equal((true, 1U, 0), (first.Changed, first.Generation, first.Endpoints));
        Assert.Equal((false, 1U), (second.Changed, second.Generation));
        Assert.Equal(1U, node.Status().Generation);
    });
}
