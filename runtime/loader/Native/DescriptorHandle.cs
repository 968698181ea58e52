using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Netpol.Loader.Native;

/// <summary>Owns a file descriptor: of a map, a program, a link, a BTF, a socket or a lock.</summary>
public sealed class DescriptorHandle : SafeHandleMinusOneIsInvalid
{
    public DescriptorHandle()
        : base(ownsHandle: true)
    {
    }

    internal DescriptorHandle(int descriptor, bool owns = true)
        : base(owns) => SetHandle(descriptor);

    /// <summary>The number, for structs that hold it; the caller keeps the handle alive.</summary>
    internal int Number => (int)handle;

    /// <summary>Wraps what libbpf answered.</summary>
    /// <exception cref="KernelException">The answer is a negative errno.</exception>
    internal static DescriptorHandle FromAnswer(int answer, string deed) =>
        answer >= 0 ? new DescriptorHandle(answer) : throw new KernelException(deed, -answer);

    /// <summary>Wraps what a function of the C library answered.</summary>
    internal static DescriptorHandle FromCall(int answer, string deed) =>
        answer >= 0 ? new DescriptorHandle(answer) : throw new KernelException(deed, Marshal.GetLastPInvokeError());

    protected override bool ReleaseHandle() => LibC.close(handle) == 0;
}
