namespace Netpol.Tests.EndToEnd.Offload;

/// <summary>Where the backend is.</summary>
public enum Place
{
    SameNode,
    Outside,
    Overlay,
    Narrow,
}
