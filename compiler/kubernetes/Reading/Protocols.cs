namespace Netpol.Kubernetes.Reading;

/// <summary>Reads a <c>protocol</c> field; TCP where it is absent.</summary>
internal static class Protocols
{
    /// <summary><c>tcp</c>, <c>udp</c> or <c>sctp</c>; null with a diagnostic for anything else.</summary>
    public static string? Read(FieldReader fields)
    {
        var isGiven = fields.Has("protocol");
        switch (fields.Text("protocol"))
        {
            case null when !isGiven:
            case "TCP":
                return "tcp";
            case "UDP":
                return "udp";
            case "SCTP":
                return "sctp";
            case null:
                return null;
            case var other:
                fields.Log.Report(
                    ImportDiagnostics.Invalid, fields.SpanOf("protocol"), fields.PathOf("protocol"),
                    $"`{other}` is no protocol: TCP, UDP or SCTP");
                return null;
        }
    }
}
