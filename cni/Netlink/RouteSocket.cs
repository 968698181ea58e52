using System.ComponentModel;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Netpol.Cni.Native;

namespace Netpol.Cni.Netlink;

/// <summary>A netlink socket of the network namespace in which it was opened. Asks one thing at a time.</summary>
internal sealed unsafe class RouteSocket : IDisposable
{
    /// <summary>The kernel fills dumps in pieces of at most this.</summary>
    private const int ReceiveLength = 32 << 10;

    private readonly int _descriptor;
    private uint _sequence;

    public RouteSocket()
    {
        _descriptor = Libc.socket(Libc.AF_NETLINK, Libc.SOCK_RAW | Libc.SOCK_CLOEXEC, Libc.NETLINK_ROUTE);
        if (_descriptor < 0)
        {
            throw new IOException($"no netlink socket: {Marshal.GetLastPInvokeErrorMessage()}");
        }
    }

    /// <summary>Sends a request to change something; 0, or the positive errno of the kernel's refusal.</summary>
    public int Change(NetlinkMessage message)
    {
        var error = 0;
        Exchange(message, (_, _) => { }, found => error = found);
        return error;
    }

    /// <summary>Sends a question that wants a dump or an acknowledgement; each answer goes to <paramref name="answer"/> with its type, without the netlink header.</summary>
    /// <returns>0, or the positive errno.</returns>
    public int Ask(NetlinkMessage message, AnswerReader answer)
    {
        var error = 0;
        Exchange(message, answer, found => error = found);
        return error;
    }

    public void Dispose() => _ = Libc.close(_descriptor);

    public delegate void AnswerReader(ushort type, ReadOnlySpan<byte> payload);

    [SkipLocalsInit]
    private void Exchange(NetlinkMessage message, AnswerReader answer, Action<int> finished)
    {
        var sequence = ++_sequence;
        var request = message.Finish(sequence);
        fixed (byte* bytes = request)
        {
            if (Libc.send(_descriptor, bytes, (nuint)request.Length, 0) != request.Length)
            {
                throw Failure("send");
            }
        }

        // On the stack, and not cleared: memory that is never touched costs nothing.
        var buffer = stackalloc byte[ReceiveLength];
        while (true)
        {
            var received = Libc.recv(_descriptor, buffer, ReceiveLength, 0);
            if (received <= 0)
            {
                throw Failure("receive");
            }

            if (ReadMessages(new ReadOnlySpan<byte>(buffer, (int)received), sequence, answer, finished))
            {
                return;
            }
        }
    }

    // True: the last message of the exchange was among these.
    private static bool ReadMessages(
        ReadOnlySpan<byte> messages, uint sequence, AnswerReader answer, Action<int> finished)
    {
        while (messages.Length >= 16)
        {
            var length = BitConverter.ToInt32(messages);
            if (length < 16 || length > messages.Length)
            {
                throw new IOException("the kernel's netlink answer is cut short");
            }

            var type = BitConverter.ToUInt16(messages[4..]);
            if (BitConverter.ToUInt32(messages[8..]) == sequence)
            {
                var payload = messages[16..length];
                switch (type)
                {
                    case Rtnetlink.NLMSG_ERROR:
                        finished(-BitConverter.ToInt32(payload));
                        return true;
                    case Rtnetlink.NLMSG_DONE:
                        return true;
                    default:
                        answer(type, payload);
                        break;
                }
            }

            messages = messages[Math.Min((length + 3) & ~3, messages.Length)..];
        }

        return false;
    }

    private static IOException Failure(string deed) =>
        new($"netlink {deed} failed", new Win32Exception(Marshal.GetLastPInvokeError()));
}
