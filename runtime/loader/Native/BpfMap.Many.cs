namespace Netpol.Loader.Native;

/// <content>What is done to many entries at once, or asked of all.</content>
public sealed unsafe partial class BpfMap
{
    internal bool IsEmpty
    {
        get
        {
            Span<byte> first = stackalloc byte[KeySize];
            fixed (byte* k = first)
            {
                var answer = LibBpf.bpf_map_get_next_key(Handle, null, k);
                return answer is >= 0 or -KernelException.ENOENT ? answer < 0 : throw new KernelException($"list map `{Name}`", -answer);
            }
        }
    }

    /// <summary>Every key, gathered before anything is done to the map.</summary>
    public List<byte[]> Keys()
    {
        List<byte[]> keys = [];
        byte[]? previous = null;
        while (true)
        {
            var next = new byte[KeySize];
            fixed (byte* p = previous, n = next)
            {
                var answer = LibBpf.bpf_map_get_next_key(Handle, p, n);
                if (answer == -KernelException.ENOENT)
                {
                    return keys;
                }

                if (answer < 0)
                {
                    throw new KernelException($"list map `{Name}`", -answer);
                }
            }

            keys.Add(next);
            previous = next;
        }
    }

    /// <summary>Writes many entries with as few system calls as the kernel's batches allow.</summary>
    public void UpdateMany(ReadOnlySpan<byte> keys, ReadOnlySpan<byte> values, int count)
    {
        if (count == 0)
        {
            return;
        }

        var done = (uint)count;
        fixed (byte* k = keys, v = values)
        {
            var answer = LibBpf.bpf_map_update_batch(Handle, k, v, &done, null);
            if (answer >= 0)
            {
                return;
            }
        }

        // Not every map type has batches, and a failed one may have written some: writing again changes nothing.
        for (var i = 0; i < count; i++)
        {
            Update(keys.Slice(i * KeySize, KeySize), values.Slice(i * ValueSize, ValueSize));
        }
    }

    /// <summary>Every key and value, one behind the other, with as few system calls as the kernel's batches allow; for maps that are not of processors.</summary>
    internal (byte[] Keys, byte[] Values) ReadAll()
    {
        const int Batch = 4096;
        using MemoryStream keys = new(), values = new();
        var (someKeys, someValues) = (new byte[Batch * KeySize], new byte[Batch * ValueSize]);
        ulong place = 0;
        var isFirst = true;
        while (true)
        {
            var count = (uint)Batch;
            int answer;
            fixed (byte* k = someKeys, v = someValues)
            {
                answer = LibBpf.bpf_map_lookup_batch(Handle, isFirst ? null : &place, &place, k, v, &count, null);
            }

            if (answer < 0 && answer != -KernelException.ENOENT)
            {
                throw new KernelException($"read map `{Name}`", -answer);
            }

            keys.Write(someKeys, 0, (int)count * KeySize);
            values.Write(someValues, 0, (int)count * ValueSize);
            if (answer < 0)
            {
                return (keys.ToArray(), values.ToArray());
            }

            isFirst = false;
        }
    }

    /// <summary>Deletes many entries; those that are not there do not matter.</summary>
    internal void DeleteMany(ReadOnlySpan<byte> keys, int count)
    {
        if (count == 0)
        {
            return;
        }

        var done = (uint)count;
        fixed (byte* k = keys)
        {
            if (LibBpf.bpf_map_delete_batch(Handle, k, &done, null) >= 0)
            {
                return;
            }
        }

        for (var i = 0; i < count; i++)
        {
            Delete(keys.Slice(i * KeySize, KeySize));
        }
    }
}
