using System.Diagnostics;
using Netpol.Model;

namespace Netpol.Semantics.Analysis;

/// <summary>Parts of services as the language writes them.</summary>
public static class ServiceText
{
    /// <summary><c>http 80/tcp -> 8080</c></summary>
    public static string Port(ServicePort port)
    {
        var name = port.Name is { } known ? $"{SetText.Name(known)} " : "";
        return $"{name}{Traffic.To(port.Protocol, port.Port)} -> {Target(port)}";
    }

    private static string Target(ServicePort port) => port.Target switch
    {
        TargetPort.Number number => $"{number.Port}",
        TargetPort.Named named => $"port {SetText.Name(named.Name)}",
        _ => throw new UnreachableException(),
    };
}
