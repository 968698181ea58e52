using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Netpol.Loader.Native;

namespace Netpol.Loader.Network;

/// <summary>A netlink socket of the network namespace we run in (linux/netlink.h, RFC 3549).</summary>
internal sealed unsafe class NetlinkSocket : IDisposable
{
    private const int HeaderLength = 16;

    /// <summary>The kernel fills dumps in pieces of at most this.</summary>
    private const int ReceiveLength = 32 << 10;

    private const ushort Error = 2;
    private const ushort Done = 3;
    private const ushort RequestAcknowledged = 0x5;
    private const ushort RequestDump = 0x301;

    /// <summary><c>NLM_F_DUMP_INTR</c>: something changed while the kernel listed it.</summary>
    private const ushort Interrupted = 0x10;

    /// <summary>A kernel that is changed without pause is listed as it was at the last of these.</summary>
    private const int Attempts = 10;

    private readonly DescriptorHandle _handle;
    private readonly string _subject;

    private NetlinkSocket(DescriptorHandle handle, string subject) => (_handle, _subject) = (handle, subject);

    /// <param name="message">Behind the header.</param>
    internal delegate IEnumerable<T> Reading<T>(ushort type, ReadOnlySpan<byte> message);

    /// <param name="subject">What is asked about, for errors.</param>
    /// <returns>Null: the kernel was built without this protocol.</returns>
    internal static NetlinkSocket? TryOpen(int protocol, string subject)
    {
        DescriptorHandle handle = new(LibC.socket(LibC.AF_NETLINK, LibC.SOCK_RAW | LibC.SOCK_CLOEXEC, protocol));
        if (!handle.IsInvalid)
        {
            return new NetlinkSocket(handle, subject);
        }

        var error = Marshal.GetLastPInvokeError();
        handle.Dispose();
        return error == KernelException.EPROTONOSUPPORT ? null : throw new KernelException($"open a netlink socket for {subject}", error);
    }

    internal static NetlinkSocket Open(int protocol, string subject) =>
        TryOpen(protocol, subject) ?? throw new KernelException($"open a netlink socket for {subject}", KernelException.EPROTONOSUPPORT);

    /// <summary>All that the kernel lists, at one moment: a list that changed while it was made is asked for again.</summary>
    /// <param name="request">Behind the header.</param>
    internal List<T> Dump<T>(ushort type, ReadOnlySpan<byte> request, Reading<T> read)
    {
        for (var attempt = 1; ; attempt++)
        {
            Send(type, RequestDump, request);
            List<T> found = [];
            if (Receive(read, found) || attempt == Attempts)
            {
                return found;
            }
        }
    }

    /// <summary>One request that the kernel answers by an error number; 0: done.</summary>
    internal int Request(ushort type, ReadOnlySpan<byte> request)
    {
        Send(type, RequestAcknowledged, request);
        Span<byte> answer = stackalloc byte[ReceiveLength];
        _ = Receive(answer);
        return ErrorOf(answer);
    }

    public void Dispose() => _handle.Dispose();

    /// <summary>False: it changed meanwhile.</summary>
    [SkipLocalsInit]
    private bool Receive<T>(Reading<T> read, List<T> found)
    {
        Span<byte> buffer = stackalloc byte[ReceiveLength];
        var isWhole = true;
        while (true)
        {
            ReadOnlySpan<byte> messages = buffer[..Receive(buffer)];
            while (messages.Length >= HeaderLength)
            {
                var length = MemoryMarshal.Read<int>(messages);
                var type = MemoryMarshal.Read<ushort>(messages[4..]);
                isWhole &= (MemoryMarshal.Read<ushort>(messages[6..]) & Interrupted) == 0;
                if (type is Done or Error)
                {
                    // A list that the kernel gives up has its reason at the end.
                    return ErrorOf(messages) is var error && error == 0 ? isWhole : throw new KernelException($"read {_subject}", error);
                }

                found.AddRange(read(type, messages[HeaderLength..length]));
                messages = messages[Math.Min(messages.Length, (length + 3) & ~3)..];
            }
        }
    }

    /// <summary>struct nlmsgerr begins with it, negative, and so does what ends a list.</summary>
    private static int ErrorOf(ReadOnlySpan<byte> message) => -MemoryMarshal.Read<int>(message[HeaderLength..]);

    private void Send(ushort type, ushort flags, ReadOnlySpan<byte> request)
    {
        var message = new byte[HeaderLength + request.Length];
        MemoryMarshal.Write(message, message.Length);
        MemoryMarshal.Write(message.AsSpan(4), type);
        MemoryMarshal.Write(message.AsSpan(6), flags);
        request.CopyTo(message.AsSpan(HeaderLength));
        fixed (byte* bytes = message)
        {
            if (LibC.send(_handle, bytes, (nuint)message.Length, 0) < 0)
            {
                throw new KernelException($"ask about {_subject}", Marshal.GetLastPInvokeError());
            }
        }
    }

    private int Receive(Span<byte> buffer)
    {
        fixed (byte* bytes = buffer)
        {
            var length = LibC.recv(_handle, bytes, (nuint)buffer.Length, 0);
            return length > 0 ? (int)length : throw new KernelException($"read {_subject}", Marshal.GetLastPInvokeError());
        }
    }
}
