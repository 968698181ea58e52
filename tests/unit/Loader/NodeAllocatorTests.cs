using Netpol.Loader;
using Netpol.Loader.Live;

namespace Netpol.Tests.Unit.Loader;

public sealed class NodeAllocatorTests
{
    private const int Capacity = 64;

    [Fact]
    public void Nodes_that_come_and_go_never_overlap_and_never_wear_the_table_out()
    {
        Random random = new(3);
        NodeAllocator allocator = new(Capacity, 1);
        List<(int First, int Count)> taken = [];
        HashSet<int> used = [];
        for (var step = 0; step < 200_000; step++)
        {
            if (random.Next(2) == 0 && used.Count < Capacity / 2)
            {
                var count = 1 + random.Next(2);
                var first = count == 1 ? allocator.TakeSingle() : allocator.TakePair();
                taken.Add((first, count));
                for (var node = first; node < first + count; node++)
                {
                    Assert.InRange(node, 1, Capacity - 1);
                    Assert.True(used.Add(node), $"node {node} was given twice");
                }
            }
            else if (taken.Count > 0)
            {
                var index = random.Next(taken.Count);
                for (var node = taken[index].First; node < taken[index].First + taken[index].Count; node++)
                {
                    allocator.Free(node);
                    used.Remove(node);
                }

                taken.RemoveAt(index);
            }

            Assert.Equal(used.Count, allocator.Count);
        }
    }

    [Fact]
    public void All_that_was_freed_one_by_one_is_there_in_twos()
    {
        NodeAllocator allocator = new(Capacity, 2);
        for (var node = 2; node < Capacity; node++)
        {
            Assert.Equal(node, allocator.TakeSingle());
        }

        _ = Assert.Throws<TablesFullException>(() => allocator.TakeSingle());
        _ = Assert.Throws<TablesFullException>(() => new NodeAllocator(3, 2).TakePair());
        foreach (var node in Enumerable.Range(2, Capacity - 2).Reverse())
        {
            allocator.Free(node);
        }

        Assert.Equal(Enumerable.Range(1, (Capacity / 2) - 1).Select(half => 2 * half), Enumerable.Range(1, (Capacity / 2) - 1).Select(_ => allocator.TakePair()).Order());
    }
}
