using System.Globalization;
using Netpol.Bench.Compile;

namespace Netpol.Bench.Live;

/// <summary>The `.netpol` text that is measured: a large policy, and one rule that a label alone decides for every endpoint.</summary>
internal static class Text
{
    internal const string ProbeRole = "probe", Red = "red", Blue = "blue";
    internal const int ProbePort = 7777;

    /// <returns>The file.</returns>
    internal static string Write(string folder, Options options)
    {
        var source = Path.Combine(folder, "live.netpol");
        File.WriteAllText(source, Of(options.Rules, options.Endpoints));
        return source;
    }

    internal static string Of(int rules, int endpoints) => LargePolicy.Text(rules - 1) + string.Create(CultureInfo.InvariantCulture, $$"""

        scale { endpoints {{endpoints + World.Containers}} }
        policy probe for pods in any namespace where role == "{{ProbeRole}}" {
            egress { allow to pods in any namespace where colour == "{{Red}}" on {{ProbePort}}/tcp }
        }

        """);
}
