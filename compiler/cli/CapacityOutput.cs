using System.Globalization;
using System.Text.Json.Nodes;
using Netpol.Loader;

namespace Netpol.Cli;

/// <summary>What a bundle's certificate says beside what the kernel gave, for <c>load</c> and <c>status</c>.</summary>
internal static class CapacityOutput
{
    public static void Write(Terminal terminal, NodeCapacity? capacity)
    {
        if (capacity is null)
        {
            return;
        }

        var (certified, loaded) = capacity.Bytes;
        var growing = capacity.Maps.Where(map => map.GrowsWithContent).ToList();
        terminal.Output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"capacity: {loaded} bytes of maps, {certified} certified ({Percent(certified, loaded)}), and {growing.Sum(map => map.Bytes)} of at most {growing.Sum(map => map.CertifiedBytes)} that grow with content; " +
            $"shared programs of {capacity.Programs.Sum(program => program.Instructions)} instructions, {capacity.Programs.Sum(program => program.Certified)} in the object, {capacity.Programs.Sum(program => program.MachineCodeBytes)} bytes of machine code"));
        terminal.Output.Flush();
        foreach (var map in capacity.Maps.Where(map => map.IsOff))
        {
            terminal.Error.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"netpol: warning: map `{map.Name}` has {map.Entries} entries in {map.Bytes} bytes, certified were {map.CertifiedEntries} in {map.CertifiedBytes}: the node has more than the declared `scale`, or its kernel counts otherwise"));
        }
    }

    public static JsonObject? Json(NodeCapacity? capacity) => capacity is null ? null : new JsonObject
    {
        ["maps"] = new JsonArray([.. capacity.Maps.Select(map => new JsonObject
        {
            ["name"] = map.Name,
            ["certifiedEntries"] = map.CertifiedEntries,
            ["entries"] = map.Entries,
            ["certifiedBytes"] = map.CertifiedBytes,
            ["bytes"] = map.Bytes,
            ["growsWithContent"] = map.GrowsWithContent,
            ["isOff"] = map.IsOff,
        })]),
        ["programs"] = new JsonArray([.. capacity.Programs.Select(program => new JsonObject
        {
            ["name"] = program.Name,
            ["certifiedInstructions"] = program.Certified,
            ["instructions"] = program.Instructions,
            ["machineCodeBytes"] = program.MachineCodeBytes,
        })]),
    };

    private static string Percent(long certified, long loaded) =>
        certified == 0 ? "0.0 %" : string.Create(CultureInfo.InvariantCulture, $"{100.0 * (loaded - certified) / certified:+0.0;-0.0;0.0} %");
}
