namespace Netpol.Loader.Native;

/// <summary>While it lives, libbpf prints nothing: the kernel's answer says all and standard error is not ours.</summary>
internal sealed class LibBpfSilence : IDisposable
{
    internal LibBpfSilence() => LibBpfMessages.CollectInto([]);

    public void Dispose() => LibBpfMessages.Stop();
}
