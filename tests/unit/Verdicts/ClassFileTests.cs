using Netpol.Bundle.Verdicts;
using Netpol.Loader.Classes;
using Netpol.Tests.Support;

namespace Netpol.Tests.Unit.Verdicts;

public sealed class ClassFileTests
{
    private static readonly AddressClass First = new(5, [1, 700], IsEndpoint: true, IsJudged: true, [new ClassPort(0, TrafficSpace.Udp, 53)]);
    private static readonly AddressClass Second = new(6, [], IsEndpoint: false, IsJudged: false, []);

    [Fact]
    public void Classes_come_back_in_order_with_all_their_parts()
    {
        using var folder = new TemporaryFolder();
        var file = folder.Of("classes.bin");
        File.WriteAllBytes(file, ClassFile.Bytes([First]));
        new ClassFile(file).Add(Second, () => { });

        var read = new ClassFile(file);

        Assert.Equal(6, read.LastId);
        Assert.Equal([5, 6], read.Read().Select(each => each.Id));
        Assert.True(read.Read()[0].IsAlike(First));
        Assert.True(read.Read()[1].IsAlike(Second));
    }

    [Fact]
    public void A_class_that_was_not_published_takes_its_id_along_and_is_none()
    {
        using var folder = new TemporaryFolder();
        var file = folder.Of("classes.bin");
        Assert.Throws<InvalidOperationException>(() => new ClassFile(file).Add(First, () => throw new InvalidOperationException("killed")));

        var read = new ClassFile(file);

        Assert.Equal(5, read.LastId);
        Assert.Empty(read.Read());
    }

    [Fact]
    public void A_class_is_judged_once_that_is_published_and_retired_classes_are_found_no_more()
    {
        using var folder = new TemporaryFolder();
        var file = folder.Of("classes.bin");
        File.WriteAllBytes(file, ClassFile.Bytes([First, Second]));
        var writer = new ClassFile(file);
        Assert.Throws<InvalidOperationException>(() => writer.Judge(Second with { IsJudged = true }, () => throw new InvalidOperationException("killed")));
        Assert.False(new ClassFile(file).Read()[1].IsJudged);
        writer.Judge(Second with { IsJudged = true }, () => { });
        Assert.True(new ClassFile(file).Read()[1].IsJudged);

        writer.Retire(new HashSet<int> { 5 });
        // An id that is free again has a record of its own.
        writer.Add(First with { Bits = [2] }, () => { });

        var read = new ClassFile(file);
        Assert.Equal((writer.Length, 6), (read.Length, read.LastId));
        Assert.Equal([6, 5], read.Read().Select(each => each.Id));
        Assert.Equal([2], read.Read()[1].Bits.ToArray());
    }

    [Fact]
    public void A_record_that_was_cut_short_is_written_over()
    {
        using var folder = new TemporaryFolder();
        var file = folder.Of("classes.bin");
        var whole = ClassFile.Bytes([First, Second]);
        for (var length = 0; length < whole.Length; length++)
        {
            File.WriteAllBytes(file, whole[..length]);
            new ClassFile(file).Add(Second with { Id = 9 }, () => { });

            var read = new ClassFile(file);

            Assert.Equal(9, read.LastId);
            Assert.Equal(9, read.Read()[^1].Id);
        }
    }
}
