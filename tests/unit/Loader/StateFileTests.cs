using System.Text;
using Netpol.Loader.State;

namespace Netpol.Tests.Unit.Loader;

public sealed class StateFileTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("netpol-state-").FullName;

    private string Path => System.IO.Path.Combine(_folder, "record.json");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(10, 20)]
    [InlineData(20, 10)]
    [InlineData(2000, 10)]
    [InlineData(10, 3000)]
    [InlineData(10, 4096)]
    [InlineData(10, 4097)]
    [InlineData(4097, 10)]
    [InlineData(9000, 20000)]
    public void A_record_replaces_the_last_one_whole_whichever_is_longer(int former, int length)
    {
        StateFile.WriteRecord(Path, Json('a', former));

        StateFile.WriteRecord(Path, Json('b', length));

        Assert.Equal(Encoding.UTF8.GetString(Json('b', length)), Encoding.UTF8.GetString(StateFile.TryRead(Path) ?? []).TrimEnd(' '));
        Assert.Equal([Path], Directory.EnumerateFiles(_folder));
    }

    [Fact]
    public void A_record_of_a_page_is_written_over_the_last_one_in_the_same_file()
    {
        StateFile.WriteRecord(Path, Json('a', 300));
        using var before = File.OpenRead(Path);

        StateFile.WriteRecord(Path, Json('b', 500));

        using StreamReader reader = new(before);
        Assert.Equal(Encoding.UTF8.GetString(Json('b', 500)), reader.ReadToEnd().TrimEnd(' '));
    }

    [Fact]
    public void Another_file_is_put_in_the_place_of_a_longer_one_so_that_no_reader_sees_half_of_it()
    {
        StateFile.Replace(Path, Json('a', 5000));
        using var before = File.OpenRead(Path);

        StateFile.Replace(Path, Json('b', 5000));

        using StreamReader reader = new(before);
        Assert.Equal(Encoding.UTF8.GetString(Json('a', 5000)), reader.ReadToEnd());
        Assert.Equal(Json('b', 5000), StateFile.TryRead(Path));
    }

    [Fact]
    public void What_is_not_there_or_was_never_written_is_nothing()
    {
        var missing = StateFile.TryRead(Path);
        File.WriteAllBytes(Path, []);

        Assert.Null(missing);
        Assert.Null(StateFile.TryRead(Path));
    }

    [Fact]
    public void What_cannot_be_written_says_why()
    {
        var failure = Assert.Throws<IOException>(() => StateFile.WriteRecord(System.IO.Path.Combine(_folder, "no", "record"), [1]));

        Assert.Equal("No such file or directory", failure.Message);
    }

    private static byte[] Json(char letter, int length) => Encoding.UTF8.GetBytes($"\"{new string(letter, length - 2)}\"");
}
