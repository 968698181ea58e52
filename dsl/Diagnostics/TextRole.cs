namespace Netpol.Diagnostics;

/// <summary>What a piece of a rendering is, for a host that colours it.</summary>
public enum TextRole
{
    Error,
    Warning,
    Place,
    Excerpt,
    Help,
}
