using System.Runtime.InteropServices;

namespace Netpol.Cli;

/// <summary>
/// Standard output or error as it is: the framework's stream takes a reader that has gone for one that listens, so that
/// <c>observe --follow | head -1</c> would never end, and cannot be had where the descriptor is closed.
/// </summary>
/// <param name="descriptor">1 or 2.</param>
/// <param name="isVital">A failure is the command's; it is thrown once, what is written afterwards is lost. Else it is ignored.</param>
internal sealed partial class StandardStream(int descriptor, bool isVital) : Stream
{
    private const int Interrupted = 4, Again = 11, BrokenPipe = 32;   // EINTR, EAGAIN, EPIPE

    private bool _isBroken;

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        while (buffer.Length > 0 && !_isBroken)
        {
            var written = WriteTo(descriptor, buffer, (nuint)buffer.Length);
            if (written >= 0)
            {
                buffer = buffer[(int)written..];
                continue;
            }

            var error = Marshal.GetLastPInvokeError();
            if (error == Again)
            {
                // Somebody made the terminal or pipe that we share non-blocking.
                Thread.Sleep(1);
            }
            else if (error != Interrupted)
            {
                _isBroken = true;
                Report(error);
            }
        }
    }

    public override void Flush()
    {
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    private void Report(int error)
    {
        if (isVital)
        {
            throw error == BrokenPipe
                ? new ReaderGoneException()
                : new IOException($"the output cannot be written: {Marshal.GetPInvokeErrorMessage(error)}");
        }
    }

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    private static partial nint WriteTo(int descriptor, ReadOnlySpan<byte> buffer, nuint count);
}
