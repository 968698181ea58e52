using System.Collections.Immutable;
using Netpol.Loader;
using Netpol.Loader.State;
using Netpol.Tests.Support;

namespace Netpol.Tests.Unit.Loader;

public sealed class RemoteFileTests
{
    [Fact]
    public void What_was_put_last_comes_back_and_what_was_withdrawn_does_not()
    {
        using var folder = new TemporaryFolder();
        RemoteFile file = new(folder.Of("remote.bin"));
        file.Put(Record(1, "a", "red"));
        file.Put(Record(2, "b", "red"));
        file.Put(Record(1, "a", "blue"));
        file.Withdraw("b");

        var read = new RemoteFile(folder.Of("remote.bin")).Endpoints;

        Assert.Equal((1U, "blue"), (Assert.Single(read).Value.Id, read["a"].Spec.Labels["colour"]));
    }

    [Fact]
    public void A_record_that_was_cut_short_is_none_and_is_written_over()
    {
        using var folder = new TemporaryFolder();
        var path = folder.Of("remote.bin");
        new RemoteFile(path).Put(Record(1, "a", "red"));
        var first = File.ReadAllBytes(path);
        new RemoteFile(path).Put(Record(1, "a", "blue"));
        var whole = File.ReadAllBytes(path);
        for (var length = first.Length; length < whole.Length; length++)
        {
            File.WriteAllBytes(path, whole[..length]);

            Assert.Equal("red", new RemoteFile(path).Endpoints["a"].Spec.Labels["colour"]);
            new RemoteFile(path).Put(Record(2, "b", "green"));
            Assert.Equal(["a", "b"], new RemoteFile(path).Endpoints.Keys.Order());
        }
    }

    [Fact]
    public void A_file_that_is_written_to_for_long_does_not_grow_for_long()
    {
        using var folder = new TemporaryFolder();
        var path = folder.Of("remote.bin");
        RemoteFile file = new(path);
        for (uint change = 0; change < 10_000; change++)
        {
            file.Put(Record(1 + (change % 10), $"r{change % 10}", $"{change}"));
        }

        Assert.InRange(new FileInfo(path).Length, 1, 2_000_000);
        Assert.Equal(
            Enumerable.Range(9_990, 10).Select(change => $"{change}"),
            new RemoteFile(path).Endpoints.Values.Select(record => record.Spec.Labels["colour"]).Order(StringComparer.Ordinal));
    }

    private static EndpointRecord Record(uint id, string key, string colour) => new(
        NodeRecord.CurrentSchema, id, 0, 0, 1, "", Attached: true,
        new RemoteEndpoint(key, ["10.2.0.1"], "shop", null, ImmutableSortedDictionary<string, string>.Empty.Add("colour", colour), []).SpecAfter(null), Pending.None);
}
