using System.Diagnostics;
using System.Numerics;
using Netpol.Bundle;

namespace Netpol.Compiler.Layout;

/// <summary>
/// What a map costs the kernel when it holds all that it has room for, as the kernel itself counts it (map_mem_usage of kernel/bpf in
/// Linux 6.18; 64-bit machines). A test holds it against loaded maps.
/// </summary>
/// <param name="Bytes">Whatever the machine.</param>
/// <param name="BytesPerProcessor">For each processor that the kernel may ever have, besides.</param>
/// <param name="GrowsWithContent">An empty one costs less; all others cost this from the first.</param>
public readonly record struct MapMemory(long Bytes, long BytesPerProcessor, bool GrowsWithContent)
{
    private const int Page = 4096;

    // struct htab_elem with its hash and links, struct bucket, struct llist_node, struct lpm_trie_node without its data.
    private const int HashElement = 48;
    private const int Bucket = 16;
    private const int ListNode = 8;
    private const int TrieNode = 24;
    private const int Pointer = 8;

    /// <summary>Pages before the data of a ring buffer: its head, the consumer's and the producer's position (kernel/bpf/ringbuf.c).</summary>
    private const int RingPages = 3;

    // struct bpf_array, struct bpf_htab.
    private const int ArrayHead = 312;
    private const int HashHead = 896;

    public static MapMemory Of(MapEntry map)
    {
        long entries = map.MaxEntries;
        var element = HashElement + Eights(map.KeySize) + Eights(map.ValueSize);
        return map.Type switch
        {
            // BPF_F_MMAPABLE: values begin with a page.
            "array" when map.Name is "control" or "state" or "connections4" or "connections6" or "maglev" => new(Page + Pages(entries * Eights(map.ValueSize)), 0, false),
            "array" => new(ArrayHead + (entries * Eights(map.ValueSize)), 0, false),
            "percpu_array" => new(ArrayHead + (entries * Pointer), entries * Eights(map.ValueSize), false),
            "prog_array" => new(ArrayHead + (entries * Pointer), 0, false),
            "lru_hash" => new(HashHead + (Buckets(entries) * Bucket) + (entries * element), 0, false),
            "hash" when map.Name == "verdict_pairs" => new(HashHead + (Buckets(entries) * Bucket) + (entries * (element + ListNode)), 0, true),
            "hash" => new(HashHead + (Buckets(entries) * Bucket) + (entries * element), element + Pointer, false),
            // A node for each prefix, and one where two part.
            "lpm_trie" => new(2 * entries * (TrieNode + map.KeySize - sizeof(int) + map.ValueSize), 0, true),
            // The data's pages are mapped twice in a row, and the kernel keeps the list.
            "ringbuf" => new(ArrayHead + ((RingPages + (2 * (entries / Page))) * Pointer) + (RingPages * Page) + entries, 0, false),
            _ => throw new UnreachableException(map.Type),
        };
    }

    /// <summary>Of many maps together.</summary>
    public static MapMemory Of(IEnumerable<MapEntry> maps)
    {
        MapMemory sum = default;
        foreach (var memory in maps.Select(Of))
        {
            sum = new(sum.Bytes + memory.Bytes, sum.BytesPerProcessor + memory.BytesPerProcessor, sum.GrowsWithContent || memory.GrowsWithContent);
        }

        return sum;
    }

    private static long Buckets(long entries) => BitOperations.RoundUpToPowerOf2((uint)entries);

    private static long Pages(long size) => (size + Page - 1) / Page * Page;

    private static int Eights(int size) => (size + 7) / 8 * 8;
}
