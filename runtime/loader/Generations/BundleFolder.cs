using System.Globalization;
using System.Text.Json;
using Netpol.Bundle;
using Netpol.Bundle.Verdicts;

namespace Netpol.Loader.Generations;

/// <summary>A bundle as the compiler left it in a folder.</summary>
internal sealed class BundleFolder
{
    /// <summary>Nobody builds so often.</summary>
    private const int Attempts = 10;

    private readonly string _path;

    private BundleFolder(string path, string stamp) => (_path, Stamp) = (path, stamp);

    internal string FullPath => _path;

    /// <summary>Changes whenever the manifest's file does; asked on every attachment in place of reading it.</summary>
    internal string Stamp { get; }

    internal static BundleFolder Open(string folder)
    {
        var path = Path.GetFullPath(folder);
        FileInfo manifest = new(Path.Combine(path, Manifest.FileName));
        if (!manifest.Exists)
        {
            throw new LoaderException($"`{folder}` is no bundle: it has no {Manifest.FileName}; make one with `netpol build`");
        }

        return new BundleFolder(path, StampOf(manifest));
    }

    /// <summary>Of the bundle that is in a folder now; null: there is none.</summary>
    internal static string? StampOf(string folder) => new FileInfo(Path.Combine(folder, Manifest.FileName)) is { Exists: true } manifest ? StampOf(manifest) : null;

    private static string StampOf(FileInfo manifest) => string.Create(CultureInfo.InvariantCulture, $"{manifest.Length}-{manifest.LastWriteTimeUtc.Ticks}");

    /// <summary>The manifest, its object and its verdicts' terms, found whole and of a version that we know.</summary>
    internal BundleContent Read()
    {
        for (var attempt = 1; ; attempt++)
        {
            var stamp = StampOf(_path);
            if (TryRead() is { } content)
            {
                return content;
            }

            // Who builds puts another folder in the place of this one: some files may be of the former.
            if (attempt == Attempts || StampOf(_path) == stamp)
            {
                throw new LoaderException(
                    $"the bundle `{_path}` does not match its digest: a file was changed or not copied whole; build it again");
            }
        }
    }

    /// <summary>Null: the files are not of one bundle.</summary>
    private BundleContent? TryRead()
    {
        var file = Path.Combine(_path, Manifest.FileName);
        try
        {
            var content = File.ReadAllBytes(file);
            RequireSchema(content, file);
            var manifest = JsonSerializer.Deserialize(content, ManifestJson.Default.Manifest) ??
                           throw new LoaderException($"`{file}` is empty; build the bundle again");
            var elf = File.ReadAllBytes(Path.Combine(_path, Path.GetFileName(manifest.Object)));
            var terms = manifest.Verdicts.AreTables ? File.ReadAllBytes(Path.Combine(_path, VerdictTerms.FileName)) : [];
            return BundleDigest.IsRight(manifest, content, elf) && HasDigest(manifest.Verdicts, terms)
                ? new BundleContent(manifest, elf, terms) { Certificate = Certified() }
                : null;
        }
        catch (JsonException e)
        {
            throw new LoaderException($"`{file}` is no manifest: {e.Message}; build the bundle again", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new LoaderException($"cannot read the bundle `{_path}`: {e.Message}; build it again or mend its rights", e);
        }
    }

    private byte[] Certified() => Path.Combine(_path, Certificate.FileName) is var file && File.Exists(file) ? File.ReadAllBytes(file) : [];

    private static bool HasDigest(VerdictEntry verdicts, byte[] terms) =>
        !verdicts.AreTables || ContentDigest.Of(terms) == verdicts.Digest;

    // It is the first of the fields, so that nobody reads megabytes for it. 0: there is none.
    private static int SchemaOf(byte[] content)
    {
        Utf8JsonReader reader = new(content);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
        {
            return 0;
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("schema"u8))
            {
                return reader.Read() && reader.TokenType == JsonTokenType.Number && reader.TryGetInt32(out var number) ? number : 0;
            }

            reader.Skip();
        }

        return 0;
    }

    /// <summary>Asked before anything else is read: another schema may have other fields.</summary>
    private static void RequireSchema(byte[] content, string file)
    {
        var schema = SchemaOf(content);
        if (schema != Manifest.CurrentSchema)
        {
            throw new LoaderException(
                $"`{file}` has schema {schema}, this program reads {Manifest.CurrentSchema}; build the bundle with the same version of netpol");
        }
    }
}
