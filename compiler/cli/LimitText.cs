using System.Globalization;
using Netpol.Model;

namespace Netpol.Cli;

/// <summary>Limits as the language writes them.</summary>
internal static class LimitText
{
    public static string Of(RateLimit limit)
    {
        var unit = limit.PerSeconds switch { 1 => "s", 60 => "m", _ => "h" };
        return string.Create(CultureInfo.InvariantCulture, $"{limit.Connections}/{unit} burst {limit.Burst}{(limit.IsPerSource ? " per source" : "")}");
    }
}
