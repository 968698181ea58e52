using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using Netpol.Lab.Cni;

namespace Netpol.Lab;

/// <summary>A container: a network namespace that the CNI chain has given an interface.</summary>
public sealed class LabContainer : IDisposable
{
    private readonly CniRuntime _runtime;
    private bool _isDisposed;

    internal LabContainer(ContainerSpec spec, NetworkNamespace network, CniRuntime runtime, CniAttachment attachment, JsonNode result)
    {
        Spec = spec;
        Network = network;
        Attachment = attachment;
        Result = result;
        Addresses =
        [
            .. (result["ips"]?.AsArray() ?? []).Select(entry =>
                IPAddress.Parse((entry?["address"]?.GetValue<string>() ?? "").Split('/')[0])),
        ];
        _runtime = runtime;
    }

    public ContainerSpec Spec { get; }

    public string Name => Spec.Name;

    public NetworkNamespace Network { get; }

    public CniAttachment Attachment { get; }

    /// <summary>What the chain answered.</summary>
    public JsonNode Result { get; }

    public IReadOnlyList<IPAddress> Addresses { get; }

    public IPAddress Address4 => Addresses.First(address => address.AddressFamily == AddressFamily.InterNetwork);

    public IPAddress Address6 => Addresses.First(address => address.AddressFamily == AddressFamily.InterNetworkV6);

    public IPAddress AddressFor(AddressFamily family) => family == AddressFamily.InterNetworkV6 ? Address6 : Address4;

    public void Check() => _runtime.Check(Attachment);

    /// <summary>DEL through the chain, then the namespace goes.</summary>
    public void Dispose()
    {
        if (_isDisposed)
        {
            return;
        }

        _isDisposed = true;
        try
        {
            _runtime.Delete(Attachment);
        }
        finally
        {
            Network.Dispose();
        }
    }
}
