using Netpol.Tests.Support;
using Netpol.Toolchain;

namespace Netpol.Tests.Unit.Compiler.Sessions;

public sealed class SourceWatchTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly TemporaryFolder _folder = new();
    private readonly SourceWatch _watch = new();

    public SourceWatchTests()
    {
        _folder.File("a.netpol", "group a = any");
        Assert.True(_watch.Follow([_folder.Path]));
    }

    public void Dispose()
    {
        _watch.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void A_file_that_is_written_is_a_change() => Assert.True(Changes(() => File.WriteAllText(_folder.Of("a.netpol"), "group a = world")));

    [Fact]
    public void A_file_that_another_is_renamed_to_is_a_change()
    {
        File.WriteAllText(_folder.Of(".a.swp"), "group a = world");
        Assert.True(_watch.Wait(() => { }, new CancellationTokenSource(Patience).Token));

        Assert.True(Changes(() => File.Move(_folder.Of(".a.swp"), _folder.Of("a.netpol"), overwrite: true)));
    }

    [Fact]
    public void A_file_that_goes_is_a_change() => Assert.True(Changes(() => File.Delete(_folder.Of("a.netpol"))));

    [Fact]
    public void A_file_that_is_being_written_is_waited_for()
    {
        using var writer = new FileStream(_folder.Of("a.netpol"), FileMode.Truncate);
        writer.Write("group a = "u8);
        writer.Flush();
        using var moment = new CancellationTokenSource(TimeSpan.FromMilliseconds(200));

        Assert.False(_watch.Wait(() => { }, moment.Token));
        Assert.True(Changes(() =>
        {
            writer.Write("world"u8);
            writer.Close();
        }));
    }

    [Fact]
    public void Without_a_change_waiting_ends_when_it_is_cancelled()
    {
        using var moment = new CancellationTokenSource(TimeSpan.FromMilliseconds(50));

        Assert.False(_watch.Wait(() => { }, moment.Token));
    }

    [Fact]
    public void A_folder_is_new_once_and_one_that_is_not_there_never()
    {
        Assert.False(_watch.Follow([_folder.Path, _folder.Of("none")]));
        Directory.CreateDirectory(_folder.Of("none"));
        Assert.True(_watch.Follow([_folder.Path, _folder.Of("none")]));
    }

    private bool Changes(Action change)
    {
        using var patience = new CancellationTokenSource(Patience);
        change();
        var seen = 0;
        return _watch.Wait(() => seen++, patience.Token) && seen == 1;
    }
}
