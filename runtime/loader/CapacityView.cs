using System.Globalization;
using System.Text.Json;
using Netpol.Bundle;
using Netpol.Loader.Generations;
using Netpol.Loader.Native;
using Netpol.Loader.State;

namespace Netpol.Loader;

/// <summary>Holds a bundle's certificate against the kernel.</summary>
internal static class CapacityView
{
    /// <summary>Null: the bundle came without a certificate, or with one of another version.</summary>
    internal static NodeCapacity? Of(Generation generation, StateFolder state)
    {
        if (state.ReadCertificate(generation.Number) is not { } content || Read(content) is not { } certificate)
        {
            return null;
        }

        var processors = Processors.Possible;
        return new NodeCapacity(
            [
                .. certificate.Maps.Select(certified => (certified, map: generation.Maps.Find(certified.Name))).Where(pair => pair.map is not null)
                    .Select(pair => Of(pair.certified, pair.map!, processors)),
            ],
            [.. certificate.Programs.Select(certified => Of(generation, certified)).OfType<ProgramCapacity>()]);
    }

    private static Certificate? Read(byte[] content)
    {
        try
        {
            return JsonSerializer.Deserialize(content, CertificateJson.Default.Certificate) is { Schema: Certificate.CurrentSchema } certificate ? certificate : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static MapCapacity Of(CertifiedMap certified, BpfMap map, int processors) => new(
        certified.Name, certified.Entries, map.MaxEntries, certified.Bytes + (certified.BytesPerProcessor * processors), MemoryOf(map), map.GrowsWithContent);

    private static ProgramCapacity? Of(Generation generation, CertifiedProgram certified)
    {
        var key = GenerationBuilder.SharedPrograms.IndexOf(certified.Name);
        uint id = 0;
        if (key < 0 || !generation.Maps["programs"].TryLookup(BpfMap.Bytes(ref key), BpfMap.Bytes(ref id)))
        {
            return null;
        }

        using var program = BpfProgram.OpenById(id, certified.Name);
        var info = program.Info();
        return new ProgramCapacity(certified.Name, certified.Instructions, (int)info.xlated_prog_len / SizeOfInstruction, (int)info.jited_prog_len);
    }

    private const int SizeOfInstruction = 8;

    /// <summary>As the kernel counts it (map_mem_usage of each type).</summary>
    private static long MemoryOf(BpfMap map) =>
        File.ReadLines(string.Create(CultureInfo.InvariantCulture, $"/proc/self/fdinfo/{map.Handle.Number}"))
            .Where(line => line.StartsWith("memlock:", StringComparison.Ordinal))
            .Select(line => long.Parse(line.AsSpan("memlock:".Length).Trim(), CultureInfo.InvariantCulture))
            .First();
}
