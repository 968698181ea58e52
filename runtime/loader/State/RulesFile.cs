using Netpol.Bundle;

namespace Netpol.Loader.State;

/// <summary>
/// What a change of rules within a generation changes of its manifest, as a file that is written while the change waits: JSON of 10,000
/// rules takes longer than all else that there is to do.
/// </summary>
internal static class RulesFile
{
    private const uint Magic = 0x4c52_4e02;

    private static readonly string NoDigest = new('0', ContentDigest.Length);

    internal static byte[] Write(Manifest manifest)
    {
        using MemoryStream stream = new();
        using BinaryWriter to = new(stream);
        to.Write(Magic);
        WriteDigests(to, manifest);
        to.WriteList(manifest.Sources, to.Write);
        to.WriteList(manifest.Policies, policy =>
        {
            to.Write(policy.Name);
            to.Write(policy.Bit);
            to.Write(policy.IsolatesIngress);
            to.Write(policy.IsolatesEgress);
            Write(to, policy.File, policy.Line, policy.Column);
        });
        to.WriteList(manifest.Rules, rule =>
        {
            to.Write(rule.Id);
            to.Write(rule.Action);
            to.Write(rule.Direction);
            to.Write(rule.Policy);
            to.Write(rule.Log);
            Write(to, rule.File, rule.Line, rule.Column);
            to.Write(rule.Text);
            to.Write(rule.Limit is not null);
            if (rule.Limit is { } limit)
            {
                to.Write(limit.Nanoseconds);
                to.Write(limit.Burst);
                to.Write(limit.PerSource);
            }
        });
        to.Flush();
        return stream.ToArray();
    }

    /// <summary>Gives a file that was written without digests those of its manifest: they are at its start, where as much was left for them, and are written in one call.</summary>
    internal static void Seal(string file, Manifest sealedManifest)
    {
        using MemoryStream stream = new();
        using BinaryWriter to = new(stream);
        to.Write(Magic);
        WriteDigests(to, sealedManifest);
        to.Flush();
        StateFile.WriteHead(file, stream.ToArray());
    }

    /// <summary>Digests take longer to make than a change may: who was killed before they were there has left a file without.</summary>
    private static void WriteDigests(BinaryWriter to, Manifest manifest)
    {
        to.Write(manifest.Digest.Length == 0 ? NoDigest : manifest.Digest);
        to.Write(manifest.Verdicts.Digest.Length == 0 ? NoDigest : manifest.Verdicts.Digest);
    }

    private static string ReadDigest(BinaryReader from) => from.ReadString() is var digest && digest == NoDigest ? "" : digest;

    /// <param name="first">As the generation was loaded with.</param>
    /// <exception cref="InvalidDataException">The bytes are of another version, or no such file.</exception>
    internal static Manifest Read(byte[] content, Manifest first)
    {
        using BinaryReader from = new(new MemoryStream(content));
        try
        {
            if (from.ReadUInt32() != Magic)
            {
                throw new InvalidDataException("it is of another version");
            }

            return first with
            {
                Digest = ReadDigest(from),
                Verdicts = first.Verdicts with { Digest = ReadDigest(from) },
                Sources = from.ReadList(from.ReadString),
                Policies = from.ReadList(() => new PolicyEntry(
                    from.ReadString(), from.ReadInt32(), from.ReadBoolean(), from.ReadBoolean(), from.ReadString(), from.ReadInt32(), from.ReadInt32())),
                Rules = from.ReadList(() => new RuleEntry(
                    from.ReadInt32(), from.ReadString(), from.ReadString(), from.ReadString(), from.ReadBoolean(), from.ReadString(),
                    from.ReadInt32(), from.ReadInt32(), from.ReadString())
                {
                    Limit = from.ReadBoolean() ? new LimitEntry(from.ReadInt64(), from.ReadInt32(), from.ReadBoolean()) : null,
                }),
            };
        }
        catch (EndOfStreamException e)
        {
            throw new InvalidDataException("it is cut short", e);
        }
    }

    private static void Write(BinaryWriter to, string file, int line, int column)
    {
        to.Write(file);
        to.Write(line);
        to.Write(column);
    }
}
