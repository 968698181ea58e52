namespace Netpol.Model;

/// <summary><c>scale { endpoints …; connections …; events … }</c>: what a node must have room for. It changes no verdict.</summary>
/// <param name="Endpoints">Attached at one time.</param>
/// <param name="Connections">Remembered at one time, per family.</param>
/// <param name="EventsPerSecond">Reported without loss while the observer looks away for a second.</param>
public sealed record Scale(int Endpoints, int Connections, int EventsPerSecond)
{
    /// <summary>What holds for lines that are left out.</summary>
    public static Scale Default { get; } = new(Endpoints: 7680, Connections: 262_144, EventsPerSecond: 10_000);
}
