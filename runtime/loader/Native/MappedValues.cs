using System.Runtime.InteropServices;

namespace Netpol.Loader.Native;

/// <summary>Some values of an array of the kernel in this process' memory: what is stored here, programs read at once. The map is BPF_F_MMAPABLE.</summary>
internal sealed unsafe class MappedValues : IDisposable
{
    private readonly nint _pages;
    private readonly nuint _size;
    private readonly int _offset;
    private readonly int _length;

    /// <param name="first">Of the bytes, which all values make one behind the other; values have a size of whole words.</param>
    internal MappedValues(BpfMap map, long first, int length)
    {
        var page = Environment.SystemPageSize;
        (_offset, _length) = ((int)(first % page), length);
        _size = (nuint)(_offset + (long)length);
        _pages = LibC.mmap(0, _size, LibC.PROT_READ | LibC.PROT_WRITE, LibC.MAP_SHARED, map.Handle, (nint)(first - _offset));
        if (_pages == LibC.MAP_FAILED)
        {
            throw new KernelException($"map `{map.Name}` into memory", Marshal.GetLastPInvokeError());
        }
    }

    internal Span<byte> Bytes => new((byte*)_pages + _offset, _length);

    public void Dispose() => _ = LibC.munmap(_pages, _size);
}
