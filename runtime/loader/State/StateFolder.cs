using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Netpol.Bundle;

namespace Netpol.Loader.State;

/// <summary>
/// The files of a node. Every one is written beside its place and renamed into it, so that a process killed at any instant leaves
/// the old content or the new. Not synced to disk: after a power loss there is no datapath either.
/// </summary>
internal sealed class StateFolder(string path)
{
    private const string Suffix = ".json";

    private const string DraftSuffix = ".new";

    private const string GenerationFileName = "generation.json";

    /// <summary>The manifest without what only observers read; small enough for every attachment.</summary>
    private const string PlacementFileName = "placement.json";

    private string NodeFile => Path.Combine(path, "node.json");

    private string EndpointsFolder => Path.Combine(path, "endpoints");

    private string GenerationsFolder => Path.Combine(path, "generations");

    private string ChangingFile => Path.Combine(path, "changing");

    internal string LockFile => Path.Combine(path, "lock");

    internal string ObserverLockFile => Path.Combine(path, "observe.lock");

    internal string GenerationFile(uint generation, string name) =>
        Path.Combine(GenerationsFolder, generation.ToString(CultureInfo.InvariantCulture), name);

    /// <summary>A change was begun and not ended: by a process that was killed, as the lock is ours.</summary>
    internal bool IsChanging => File.Exists(ChangingFile);

    internal void Create()
    {
        try
        {
            Directory.CreateDirectory(EndpointsFolder);
            Directory.CreateDirectory(GenerationsFolder);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new LoaderException($"cannot make the state folder `{path}`: {e.Message}; run as root or name another folder", e);
        }
    }

    internal void BeginChange() => File.WriteAllBytes(ChangingFile, []);

    internal void EndChange() => File.Delete(ChangingFile);

    /// <summary>Drops what a killed process wrote and did not rename into its place.</summary>
    internal void DeleteDrafts()
    {
        foreach (var draft in Directory.EnumerateFiles(path, "*" + DraftSuffix, SearchOption.AllDirectories).ToArray())
        {
            File.Delete(draft);
        }
    }

    internal NodeRecord ReadNode() => Read(NodeFile, StateJson.Default.NodeRecord) ?? NodeRecord.Empty;

    internal void WriteNode(NodeRecord record) => Write(NodeFile, record, StateJson.Default.NodeRecord);

    internal EndpointRecord? ReadEndpoint(string containerId, string interfaceName) =>
        Read(EndpointFile(containerId, interfaceName), StateJson.Default.EndpointRecord);

    internal void WriteEndpoint(EndpointRecord record) =>
        Write(EndpointFile(record.Spec.ContainerId, record.Spec.InterfaceName), record, StateJson.Default.EndpointRecord);

    internal void DeleteEndpoint(EndpointRecord record) =>
        File.Delete(EndpointFile(record.Spec.ContainerId, record.Spec.InterfaceName));

    internal int CountEndpoints() => Directory.EnumerateFiles(EndpointsFolder, "*" + Suffix).Count();

    /// <summary>Every endpoint, by id. Costs a file each: not for the way of an attachment.</summary>
    internal ImmutableArray<EndpointRecord> ReadEndpoints()
    {
        if (!Directory.Exists(EndpointsFolder))
        {
            return [];
        }

        var records = ImmutableArray.CreateBuilder<EndpointRecord>();
        foreach (var file in Directory.EnumerateFiles(EndpointsFolder, "*" + Suffix))
        {
            if (Read(file, StateJson.Default.EndpointRecord) is { } record)
            {
                records.Add(record);
            }
        }

        records.Sort((a, b) => a.Id.CompareTo(b.Id));
        return records.ToImmutable();
    }

    internal GenerationRecord? ReadGeneration(uint generation) =>
        Read(GenerationFile(generation, GenerationFileName), StateJson.Default.GenerationRecord);

    /// <summary>Null where the generation is forgotten.</summary>
    internal Manifest? ReadManifest(uint generation) =>
        Read(GenerationFile(generation, Manifest.FileName), ManifestJson.Default.Manifest);

    internal Manifest? ReadPlacement(uint generation) =>
        Read(GenerationFile(generation, PlacementFileName), ManifestJson.Default.Manifest);

    internal byte[] ReadTemplate(uint generation) => File.ReadAllBytes(GenerationFile(generation, Templates.TemplateFile.FileName));

    internal void WriteGeneration(GenerationRecord record, Manifest manifest, byte[] template)
    {
        Directory.CreateDirectory(GenerationFile(record.Generation, ""));
        Write(GenerationFile(record.Generation, Manifest.FileName), manifest, ManifestJson.Default.Manifest);
        Write(
            GenerationFile(record.Generation, PlacementFileName),
            manifest with { Prefixes = [], Rules = [], Sources = [] },
            ManifestJson.Default.Manifest);
        Replace(GenerationFile(record.Generation, Templates.TemplateFile.FileName), template);
        WriteGeneration(record);
    }

    internal void WriteGeneration(GenerationRecord record) =>
        Write(GenerationFile(record.Generation, GenerationFileName), record, StateJson.Default.GenerationRecord);

    /// <summary>The file that the log is in now.</summary>
    internal string WriteLog(string program, string text)
    {
        var file = Path.Combine(path, $"verifier-{program}.log");
        Replace(file, Encoding.UTF8.GetBytes(text));
        return file;
    }

    internal IEnumerable<uint> Generations() =>
        Directory.EnumerateDirectories(GenerationsFolder)
            .Select(folder => uint.TryParse(Path.GetFileName(folder), CultureInfo.InvariantCulture, out var number) ? number : 0)
            .Where(number => number > 0);

    internal void DeleteGeneration(uint generation) => Directory.Delete(GenerationFile(generation, ""), recursive: true);

    /// <summary>Keeps the manifest, which explains events still unread, and drops what only loading needs.</summary>
    internal void RetireGeneration(uint generation)
    {
        File.Delete(GenerationFile(generation, Templates.TemplateFile.FileName));
        File.Delete(GenerationFile(generation, PlacementFileName));
    }

    // A container id has no comma (CNI: alphanumerics, `_`, `.`, `-`), so the first one ends it.
    private string EndpointFile(string containerId, string interfaceName) =>
        Path.Combine(EndpointsFolder, $"{containerId},{interfaceName}{Suffix}");

    private static T? Read<T>(string file, JsonTypeInfo<T> type)
        where T : class
    {
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(file), type);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
        catch (Exception e) when (e is JsonException or IOException or UnauthorizedAccessException)
        {
            throw new LoaderException($"cannot read `{file}`: {e.Message}; remove it if it was edited by hand", e);
        }
    }

    private static void Write<T>(string file, T record, JsonTypeInfo<T> type) =>
        Replace(file, JsonSerializer.SerializeToUtf8Bytes(record, type));

    private static void Replace(string file, byte[] content)
    {
        try
        {
            var draft = file + DraftSuffix;
            File.WriteAllBytes(draft, content);
            File.Move(draft, file, overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new LoaderException($"cannot write `{file}`: {e.Message}; make room or mend the rights of the state folder", e);
        }
    }
}
