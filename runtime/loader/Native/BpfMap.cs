using System.Runtime.InteropServices;

namespace Netpol.Loader.Native;

/// <summary>A map of the kernel, by descriptor. Keys and values are bytes as in <c>abi.h</c>.</summary>
public sealed unsafe partial class BpfMap : IDisposable
{
    internal const int Array = 2;
    internal const int RingBuffer = 27;
    private const uint ReadOnlyForPrograms = 1U << 7;
    private const uint NotAllocatedAhead = 1U << 0;   // BPF_F_NO_PREALLOC

    private BpfMap(string name, DescriptorHandle handle)
    {
        Name = name;
        Handle = handle;
        bpf_map_info info = default;
        var length = (uint)sizeof(bpf_map_info);
        var answer = LibBpf.bpf_obj_get_info_by_fd(handle, &info, &length);
        if (answer < 0)
        {
            handle.Dispose();
            throw new KernelException($"ask about map `{name}`", -answer);
        }

        (Type, KeySize, ValueSize, MaxEntries, Id) =
            ((int)info.type, (int)info.key_size, (int)info.value_size, (int)info.max_entries, info.id);
        GrowsWithContent = (info.map_flags & NotAllocatedAhead) != 0;
    }

    public string Name { get; }

    public DescriptorHandle Handle { get; }

    public uint Id { get; }

    /// <summary>A <c>BPF_MAP_TYPE_*</c> number.</summary>
    public int Type { get; }

    public int KeySize { get; }

    /// <summary>Of one processor's value where the map has one for each.</summary>
    public int ValueSize { get; }

    public int MaxEntries { get; }

    /// <summary>Its entries take memory when they come.</summary>
    public bool GrowsWithContent { get; }

    /// <summary>Null where nothing is pinned at the path.</summary>
    public static BpfMap? TryOpen(string path)
    {
        var answer = LibBpf.bpf_obj_get(path);
        return answer switch
        {
            >= 0 => new BpfMap(Path.GetFileName(path), new DescriptorHandle(answer)),
            -KernelException.ENOENT => null,
            _ => throw new KernelException($"open the map at `{path}`", -answer),
        };
    }

    public static BpfMap Open(string path) =>
        TryOpen(path) ?? throw new LoaderException(
            $"there is no map at `{path}`; pins were removed behind our back: detach the containers and load the bundle again");

    /// <summary>An array of one entry that programs only read and, once frozen, the verifier takes for constants.</summary>
    internal static BpfMap CreateConstants(string name, ReadOnlySpan<byte> value)
    {
        bpf_map_create_opts options = new() { sz = (nuint)sizeof(bpf_map_create_opts), map_flags = ReadOnlyForPrograms };
        var answer = LibBpf.bpf_map_create(Array, name, sizeof(uint), (uint)value.Length, 1, &options);
        var map = new BpfMap(name, DescriptorHandle.FromAnswer(answer, $"make the map `{name}`"));
        try
        {
            map.Update(stackalloc byte[sizeof(uint)], value);
            answer = LibBpf.bpf_map_freeze(map.Handle);
            return answer == 0 ? map : throw new KernelException($"freeze the map `{name}`", -answer);
        }
        catch
        {
            map.Dispose();
            throw;
        }
    }

    /// <summary>An array of one entry, all zero.</summary>
    internal static BpfMap CreateArray(string name, int valueSize)
    {
        bpf_map_create_opts options = new() { sz = (nuint)sizeof(bpf_map_create_opts) };
        var answer = LibBpf.bpf_map_create(Array, name, sizeof(uint), (uint)valueSize, 1, &options);
        return new BpfMap(name, DescriptorHandle.FromAnswer(answer, $"make the map `{name}`"));
    }

    /// <summary>Shares a descriptor that somebody else closes.</summary>
    internal static BpfMap Borrow(string name, int descriptor) => new(name, new DescriptorHandle(descriptor, owns: false));

    public void Update(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
    {
        Expect(key, value.Length);
        fixed (byte* k = key, v = value)
        {
            var answer = LibBpf.bpf_map_update_elem(Handle, k, v, 0);
            if (answer < 0)
            {
                throw new KernelException($"write to map `{Name}`", -answer);
            }
        }
    }

    /// <summary>
    /// Writes what the first value begins with, or has at an offset, in one aligned store: every packet sees all of before, or all of now.
    /// The map is BPF_F_MMAPABLE.
    /// </summary>
    internal void Store(uint word, int offset = 0)
    {
        var page = MapFirstPage();
        Volatile.Write(ref *(uint*)((byte*)page + offset), word);
        _ = LibC.munmap(page, (nuint)Environment.SystemPageSize);
    }

    /// <inheritdoc cref="Store(uint, int)"/>
    internal void Store(ulong word)
    {
        var page = MapFirstPage();
        Volatile.Write(ref *(ulong*)page, word);
        _ = LibC.munmap(page, (nuint)Environment.SystemPageSize);
    }

    public bool TryLookup(ReadOnlySpan<byte> key, Span<byte> value)
    {
        Expect(key, value.Length);
        fixed (byte* k = key, v = value)
        {
            var answer = LibBpf.bpf_map_lookup_elem(Handle, k, v);
            return answer switch
            {
                >= 0 => true,
                -KernelException.ENOENT => false,
                _ => throw new KernelException($"read map `{Name}`", -answer),
            };
        }
    }

    /// <summary>One value for each possible processor, each rounded up to 8 bytes.</summary>
    public byte[] LookupPerProcessor(uint index)
    {
        var value = new byte[Processors.Possible * Stride];
        fixed (byte* v = value)
        {
            var answer = LibBpf.bpf_map_lookup_elem(Handle, &index, v);
            return answer >= 0 ? value : throw new KernelException($"read map `{Name}`", -answer);
        }
    }

    /// <param name="value">As <see cref="LookupPerProcessor"/> answers.</param>
    internal void UpdatePerProcessor(uint index, ReadOnlySpan<byte> value)
    {
        fixed (byte* v = value)
        {
            var answer = LibBpf.bpf_map_update_elem(Handle, &index, v, 0);
            if (answer < 0)
            {
                throw new KernelException($"write to map `{Name}`", -answer);
            }
        }
    }

    /// <summary>Bytes from one processor's value to the next.</summary>
    public int Stride => (ValueSize + 7) / 8 * 8;

    /// <summary>False: there was no such entry.</summary>
    public bool Delete(ReadOnlySpan<byte> key)
    {
        Expect(key, ValueSize);
        fixed (byte* k = key)
        {
            var answer = LibBpf.bpf_map_delete_elem(Handle, k);
            return answer switch
            {
                >= 0 => true,
                -KernelException.ENOENT => false,
                _ => throw new KernelException($"delete from map `{Name}`", -answer),
            };
        }
    }

    internal void Pin(string path)
    {
        var answer = LibBpf.bpf_obj_pin(Handle.Number, path);
        if (answer < 0)
        {
            throw new KernelException($"pin map `{Name}` at `{path}`", -answer);
        }
    }

    public void Dispose() => Handle.Dispose();

    /// <summary>The bytes of a blittable key or value.</summary>
    public static Span<byte> Bytes<T>(ref T value)
        where T : unmanaged => MemoryMarshal.AsBytes(MemoryMarshal.CreateSpan(ref value, 1));

    private nint MapFirstPage()
    {
        var page = LibC.mmap(0, (nuint)Environment.SystemPageSize, LibC.PROT_READ | LibC.PROT_WRITE, LibC.MAP_SHARED, Handle, 0);
        return page != LibC.MAP_FAILED ? page : throw new KernelException($"map `{Name}` into memory", Marshal.GetLastPInvokeError());
    }

    private void Expect(ReadOnlySpan<byte> key, int valueLength)
    {
        if (key.Length != KeySize || valueLength != ValueSize)
        {
            throw new InvalidOperationException(
                $"map {Name} has keys of {KeySize} and values of {ValueSize} bytes, not {key.Length} and {valueLength}");
        }
    }
}
