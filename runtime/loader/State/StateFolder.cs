using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Netpol.Bundle;
using Netpol.Bundle.Verdicts;
using Netpol.Loader.Classes;
using Netpol.Loader.Generations;
using Netpol.Loader.Native;
using Netpol.Loader.Templates;

namespace Netpol.Loader.State;

/// <summary>
/// The files of a node, each of which a process killed at any instant leaves with its old content or its new one. Not synced to disk:
/// after a power loss there is no datapath either.
/// </summary>
internal sealed class StateFolder(string path)
{
    private const string Suffix = ".json";

    private const string GenerationFileName = "generation.json";

    private const string RevisingFileName = "revising";

    private const string ObjectFileName = "datapath.bpf.o";

    private string NodeFile => Path.Combine(path, "node.json");

    private string EndpointsFolder => Path.Combine(path, "endpoints");

    private string GenerationsFolder => Path.Combine(path, "generations");

    private string ChangingFile => Path.Combine(path, "changing");

    private string UnchangedFile => Path.Combine(path, "unchanged");

    internal string LockFile => Path.Combine(path, "lock");

    internal string ObserverLockFile => Path.Combine(path, "observe.lock");

    /// <summary>Held by the process that settles endpoints.</summary>
    internal string SettlementLockFile => Path.Combine(path, "settle.lock");

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

    /// <summary>The mark is a file that goes from one name to the other: making and deleting one takes a file system longer.</summary>
    internal void BeginChange()
    {
        if (LibC.rename(UnchangedFile, ChangingFile) != 0)
        {
            File.WriteAllBytes(ChangingFile, []);
        }
    }

    internal void EndChange()
    {
        if (LibC.rename(ChangingFile, UnchangedFile) != 0)
        {
            File.Delete(ChangingFile);
        }
    }

    /// <summary>Drops what a killed process wrote and did not rename into its place, and what it made and did not write.</summary>
    internal void DeleteDrafts()
    {
        foreach (var empty in new DirectoryInfo(EndpointsFolder).EnumerateFiles("*" + Suffix).Where(file => file.Length == 0).ToArray())
        {
            empty.Delete();
        }

        foreach (var draft in Directory.EnumerateFiles(path, "*" + StateFile.DraftSuffix, SearchOption.AllDirectories).ToArray())
        {
            File.Delete(draft);
        }
    }

    internal NodeRecord ReadNode() => Read(NodeFile, RecordText.ReadNode) ?? NodeRecord.Empty;

    /// <summary>As it is written: every change of tables writes it, so another process has made one where this is not what it was.</summary>
    internal byte[] ReadNodeBytes() => StateFile.TryRead(NodeFile) ?? [];

    internal void WriteNode(NodeRecord record) => WriteRecord(NodeFile, RecordText.Of(record));

    internal EndpointRecord? ReadEndpoint(string containerId, string interfaceName) =>
        Read(EndpointFile(containerId, interfaceName), RecordText.ReadEndpoint);

    internal void WriteEndpoint(EndpointRecord record) =>
        WriteRecord(EndpointFile(record.Spec.ContainerId, record.Spec.InterfaceName), RecordText.Of(record));

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
            if (Read(file, RecordText.ReadEndpoint) is { } record)
            {
                records.Add(record);
            }
        }

        records.Sort((a, b) => a.Id.CompareTo(b.Id));
        return records.ToImmutable();
    }

    internal GenerationRecord? ReadGeneration(uint generation) =>
        Read(GenerationFile(generation, GenerationFileName), RecordText.ReadGeneration);

    /// <summary>Null where the generation is forgotten, or the revision.</summary>
    internal Manifest? ReadManifest(uint generation, uint revision)
    {
        var first = ReadFile(
            GenerationFile(generation, Manifest.FileName),
            content => JsonSerializer.Deserialize(content, ManifestJson.Default.Manifest));
        return first is null || revision == 0 ? first
            : Revisions(generation).FirstOrDefault(each => each.Epoch == revision) is { } then ? ReadFile(then.RulesFile, content => RulesFile.Read(content, first))
            : null;
    }

    /// <summary>Which revision was in charge under an epoch of the generation; it may be forgotten.</summary>
    internal uint RevisionAt(uint generation, uint epoch)
    {
        var revisions = Revisions(generation);
        return revisions.FirstOrDefault(revision => revision.Epoch > epoch) is { } next ? next.Former
            : revisions is [.., var last] ? last.Epoch
            : 0;
    }

    /// <summary>What is kept of changes of rules within the generation, by epoch.</summary>
    internal ImmutableArray<Revision> Revisions(uint generation) => Directory.Exists(GenerationFile(generation, ""))
        ?
        [
            .. Directory.EnumerateFiles(GenerationFile(generation, ""), Revision.Pattern)
                .Select(Revision.Parse).OfType<Revision>().OrderBy(revision => revision.Epoch),
        ]
        : [];

    /// <summary>Nothing of it is in charge yet.</summary>
    /// <param name="former">Epoch of the revision before; 0: the generation as it was loaded.</param>
    internal void WriteRevision(uint generation, uint epoch, uint former, Manifest manifest, VerdictTerms terms)
    {
        Replace(GenerationFile(generation, Revision.RulesName(epoch, former)), RulesFile.Write(manifest));
        Replace(GenerationFile(generation, Revision.TermsName(epoch)), VerdictTermsFile.Write(terms));
    }

    /// <summary>Pairs of classes may have halves that differ, and a revision may be there that is not in charge.</summary>
    internal bool IsRevising(uint generation) => File.Exists(GenerationFile(generation, RevisingFileName));

    internal void BeginRevision(uint generation) => Replace(GenerationFile(generation, RevisingFileName), []);

    internal void EndRevision(uint generation) => File.Delete(GenerationFile(generation, RevisingFileName));

    internal void DeleteRevision(uint generation, Revision revision)
    {
        File.Delete(GenerationFile(generation, Revision.TermsName(revision.Epoch)));
        File.Delete(revision.RulesFile);
    }

    /// <summary>Keeps its rules, which explain events still unread.</summary>
    internal void DeleteTerms(uint generation, uint revision) => File.Delete(GenerationFile(generation, Revision.TermsName(revision)));

    internal RemoteFile Remotes => new(Path.Combine(path, "remote.bin"));

    internal Manifest? ReadPlacement(uint generation) =>
        ReadFile(GenerationFile(generation, PlacementFile.FileName), PlacementFile.Read);

    internal VerdictTerms? ReadVerdicts(uint generation, uint revision) => ReadFile(TermsFile(generation, revision), VerdictTermsFile.Read);

    /// <summary>The bundle of a generation as it is now, wherever its folder is; null: the generation is forgotten.</summary>
    internal BundleContent? ReadBundle(GenerationRecord record) =>
        ReadManifest(record.Generation, record.Revision) is { } manifest && StateFile.TryRead(GenerationFile(record.Generation, ObjectFileName)) is { } elf
            ? new BundleContent(manifest, elf, StateFile.TryRead(TermsFile(record.Generation, record.Revision)) ?? []) { Certificate = ReadCertificate(record.Generation) ?? [] }
            : null;

    /// <summary>Null: the bundle came without one.</summary>
    internal byte[]? ReadCertificate(uint generation) => StateFile.TryRead(GenerationFile(generation, Certificate.FileName));

    internal byte[] ReadTemplates(uint generation) => File.ReadAllBytes(GenerationFile(generation, TemplateFile.FileName));

    internal byte[] ReadStubTemplates(uint generation) => File.ReadAllBytes(GenerationFile(generation, TemplateFile.StubFileName));

    internal void WriteGeneration(GenerationRecord record, BundleContent bundle, TemplateSet templates, byte[] classes)
    {
        Directory.CreateDirectory(GenerationFile(record.Generation, ""));
        Replace(GenerationFile(record.Generation, ClassFile.FileName), classes);
        Replace(GenerationFile(record.Generation, VerdictTerms.FileName), bundle.Terms);
        Replace(GenerationFile(record.Generation, ObjectFileName), bundle.Object);
        Replace(GenerationFile(record.Generation, Certificate.FileName), bundle.Certificate);
        Replace(
            GenerationFile(record.Generation, Manifest.FileName),
            JsonSerializer.SerializeToUtf8Bytes(bundle.Manifest, ManifestJson.Default.Manifest));
        Replace(GenerationFile(record.Generation, PlacementFile.FileName), PlacementFile.Write(bundle.Manifest));
        Replace(GenerationFile(record.Generation, TemplateFile.FileName), TemplateFile.Write(templates));
        Replace(GenerationFile(record.Generation, TemplateFile.StubFileName), TemplateFile.Write(templates.Stubs));
        WriteGeneration(record);
    }

    internal void WriteGeneration(GenerationRecord record) =>
        WriteRecord(GenerationFile(record.Generation, GenerationFileName), RecordText.Of(record));

    /// <summary>The file that the log is in now.</summary>
    internal string WriteLog(string name, string text)
    {
        var file = Path.Combine(path, $"{name}.log");
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
        File.Delete(GenerationFile(generation, TemplateFile.FileName));
        File.Delete(GenerationFile(generation, TemplateFile.StubFileName));
        File.Delete(GenerationFile(generation, PlacementFile.FileName));
        File.Delete(GenerationFile(generation, ClassFile.FileName));
        File.Delete(GenerationFile(generation, VerdictTerms.FileName));
        File.Delete(GenerationFile(generation, ObjectFileName));
        foreach (var revision in Revisions(generation))
        {
            DeleteTerms(generation, revision.Epoch);
        }
    }

    private string TermsFile(uint generation, uint revision) =>
        GenerationFile(generation, revision == 0 ? VerdictTerms.FileName : Revision.TermsName(revision));

    // A container id has no comma (CNI: alphanumerics, `_`, `.`, `-`), so the first one ends it.
    private string EndpointFile(string containerId, string interfaceName) =>
        Path.Combine(EndpointsFolder, $"{containerId},{interfaceName}{Suffix}");

    private static T? Read<T>(string file, Func<JsonElement, T> read)
        where T : class =>
        ReadFile(file, content => read(JsonElement.Parse(content)));

    private static T? ReadFile<T>(string file, Func<byte[], T?> read)
        where T : class
    {
        try
        {
            return StateFile.TryRead(file) is { } content ? read(content) : null;
        }
        // KeyNotFound, InvalidOperation and Format: JSON that is not one of these records.
        catch (Exception e) when (e is JsonException or InvalidDataException or KeyNotFoundException or InvalidOperationException or FormatException or
            IOException or UnauthorizedAccessException)
        {
            throw new LoaderException($"cannot read `{file}`: {e.Message}; remove it if it was edited by hand", e);
        }
    }

    private static void WriteRecord(string file, byte[] json) => Write(file, () => StateFile.WriteRecord(file, json));

    private static void Replace(string file, byte[] content) => Write(file, () => StateFile.Replace(file, content));

    private static void Write(string file, Action write)
    {
        try
        {
            write();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new LoaderException($"cannot write `{file}`: {e.Message}; make room or mend the rights of the state folder", e);
        }
    }
}
