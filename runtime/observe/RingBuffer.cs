using System.Runtime.InteropServices;
using Netpol.Loader.Native;

namespace Netpol.Observe;

/// <summary>
/// The reading end of a BPF ring buffer, by its two mappings (kernel/bpf/ringbuf.c): one page with the consumer's position, writable;
/// then one with the producer's and the data twice in a row, so that a record never wraps.
/// </summary>
internal sealed unsafe class RingBuffer : IDisposable
{
    private const uint Busy = 1U << 31;
    private const uint Discarded = 1U << 30;
    private const int HeaderLength = 8;

    private readonly BpfMap _map;
    private readonly nuint _mask;
    private readonly nuint _dataLength;
    private readonly nint _consumer;
    private readonly nint _producer;

    internal RingBuffer(BpfMap map)
    {
        _map = map;
        var page = (nuint)Environment.SystemPageSize;
        _mask = (nuint)map.MaxEntries - 1;
        _dataLength = page + 2 * (nuint)map.MaxEntries;
        _consumer = Map(page, LibC.PROT_READ | LibC.PROT_WRITE, 0);
        _producer = Map(_dataLength, LibC.PROT_READ, (nint)page);
    }

    /// <summary>Hands every finished record to <paramref name="take"/> and frees its place; answers how many there were.</summary>
    internal int Drain(RecordTaker take)
    {
        var count = 0;
        var position = *(ulong*)_consumer;
        var data = (byte*)_producer + Environment.SystemPageSize;
        while (position < Volatile.Read(ref *(ulong*)_producer))
        {
            var record = data + ((nuint)position & _mask);
            var header = Volatile.Read(ref *(uint*)record);
            if ((header & Busy) != 0)
            {
                // Still being written; those behind it wait, so that events stay in order.
                break;
            }

            var length = (int)(header & ~Discarded);
            if ((header & Discarded) == 0)
            {
                take(new ReadOnlySpan<byte>(record + HeaderLength, length));
                count++;
            }

            position += (ulong)((length + HeaderLength + 7) / 8 * 8);
            Volatile.Write(ref *(ulong*)_consumer, position);
        }

        return count;
    }

    /// <summary>Until there is something to drain or the time is over.</summary>
    internal void Wait(TimeSpan limit)
    {
        pollfd descriptor = new() { fd = _map.Handle.Number, events = LibC.POLLIN };
        _ = LibC.poll(&descriptor, 1, (int)limit.TotalMilliseconds);
    }

    public void Dispose()
    {
        _ = LibC.munmap(_consumer, (nuint)Environment.SystemPageSize);
        _ = LibC.munmap(_producer, _dataLength);
        _map.Dispose();
    }

    private nint Map(nuint length, int protection, nint offset)
    {
        var address = LibC.mmap(0, length, protection, LibC.MAP_SHARED, _map.Handle, offset);
        return address != LibC.MAP_FAILED ? address : throw new KernelException("map the ring of events", Marshal.GetLastPInvokeError());
    }
}

/// <summary>Takes one record; the bytes are the kernel's and not to be kept.</summary>
internal delegate void RecordTaker(ReadOnlySpan<byte> record);
