using System.Collections.Immutable;

namespace Netpol.Bundle.Verdicts;

/// <summary>
/// The terms as bytes, numbers in LEB128 as <see cref="BinaryWriter.Write7BitEncodedInt(int)"/> writes them: what a node reads while a
/// container waits, and 100,000 rules are 2 MB.
/// </summary>
public static class VerdictTermsFile
{
    private const uint Magic = 0x5456_4e01;

    [Flags]
    private enum Marks : byte
    {
        None = 0,
        Denies = 1,
        Logs = 2,
        Ingress = 4,
        SameNamespace = 8,
        OtherNamespace = 16,

        /// <summary>Stage, verdict and place follow; without, the rule allows or denies in the ordinary tier.</summary>
        Staged = 32,
    }

    public static byte[] Write(VerdictTerms terms)
    {
        using MemoryStream stream = new();
        using BinaryWriter to = new(stream);
        to.Write(Magic);
        to.Write7BitEncodedInt(terms.Traffic.Length);
        foreach (var traffic in terms.Traffic)
        {
            to.Write7BitEncodedInt(traffic.Ranges.Length);
            foreach (var range in traffic.Ranges)
            {
                to.Write((byte)range.Space);
                to.Write(range.First);
                to.Write(range.Last);
            }

            to.Write7BitEncodedInt(traffic.Names.Length);
            foreach (var named in traffic.Names)
            {
                to.Write7BitEncodedInt(named.Name);
                to.Write((byte)(named.Space is { } space ? 1 + (int)space : 0));
            }
        }

        to.Write7BitEncodedInt(terms.Terms.Length);
        foreach (var term in terms.Terms)
        {
            to.Write7BitEncodedInt(term.Rule);
            var marks = MarksOf(term);
            to.Write((byte)marks);
            if (marks.HasFlag(Marks.Staged))
            {
                to.Write((byte)term.Stage);
                to.Write((byte)term.Verdict);
                to.Write7BitEncodedInt(term.Place);
            }

            Write(to, term.Self);
            Write(to, term.Peer);
            to.Write7BitEncodedInt(term.Service);
            to.Write7BitEncodedInt(term.Traffic);
        }

        to.Write7BitEncodedInt(terms.Classes.Length);
        foreach (var bits in terms.Classes)
        {
            to.Write7BitEncodedInt(bits.Length);
            foreach (var bit in bits)
            {
                to.Write7BitEncodedInt(bit);
            }
        }

        to.Flush();
        return stream.ToArray();
    }

    /// <exception cref="InvalidDataException">The bytes are of another version, or no such file.</exception>
    public static VerdictTerms Read(byte[] content)
    {
        using BinaryReader from = new(new MemoryStream(content));
        try
        {
            if (from.ReadUInt32() != Magic)
            {
                throw new InvalidDataException("it is of another version");
            }

            var traffic = ReadMany(from, () => new TrafficSet(
                ReadMany(from, () => new TrafficRange((TrafficSpace)from.ReadByte(), from.ReadUInt16(), from.ReadUInt16())),
                ReadMany(from, () => new NamedTraffic(from.Read7BitEncodedInt(), from.ReadByte() is var space && space > 0 ? (TrafficSpace)(space - 1) : null))));
            return new VerdictTerms(ReadMany(from, () => ReadTerm(from)), traffic, ReadMany(from, () => ReadMany(from, from.Read7BitEncodedInt)));
        }
        catch (Exception e) when (e is EndOfStreamException or FormatException)
        {
            throw new InvalidDataException("it is cut short or damaged", e);
        }
    }

    private static VerdictTerm ReadTerm(BinaryReader from)
    {
        var rule = from.Read7BitEncodedInt();
        var marks = (Marks)from.ReadByte();
        var (stage, verdict, place) = marks.HasFlag(Marks.Staged) ? ((RuleStage)from.ReadByte(), (Verdict)from.ReadByte(), from.Read7BitEncodedInt())
            : marks.HasFlag(Marks.Denies) ? (RuleStage.Deny, Verdict.Deny, 0)
            : (RuleStage.Allow, Verdict.Allow, 0);
        return new VerdictTerm(
            rule,
            stage,
            verdict,
            place,
            marks.HasFlag(Marks.Logs),
            marks.HasFlag(Marks.Ingress),
            ReadLiterals(from),
            ReadLiterals(from),
            marks.HasFlag(Marks.SameNamespace) ? true : marks.HasFlag(Marks.OtherNamespace) ? false : null,
            from.Read7BitEncodedInt(),
            from.Read7BitEncodedInt());
    }

    private static Marks MarksOf(VerdictTerm term) =>
        (term switch
        {
            { Stage: RuleStage.Deny } => Marks.Denies,
            { Stage: RuleStage.Allow } => Marks.None,
            _ => Marks.Staged,
        }) | (term.Logs ? Marks.Logs : Marks.None) | (term.IsIngress ? Marks.Ingress : Marks.None) |
        (term.SameNamespace switch { true => Marks.SameNamespace, false => Marks.OtherNamespace, null => Marks.None });

    private static void Write(BinaryWriter to, ImmutableArray<SetLiteral> literals)
    {
        to.Write7BitEncodedInt(literals.Length);
        foreach (var literal in literals)
        {
            to.Write7BitEncodedInt((literal.Set << 1) | (literal.IsIn ? 1 : 0));
        }
    }

    private static ImmutableArray<SetLiteral> ReadLiterals(BinaryReader from) =>
        ReadMany(from, () => from.Read7BitEncodedInt() is var word ? new SetLiteral(word >> 1, (word & 1) != 0) : default);

    private static ImmutableArray<T> ReadMany<T>(BinaryReader from, Func<T> read)
    {
        var count = from.Read7BitEncodedInt();
        if (count < 0 || count > from.BaseStream.Length)
        {
            throw new InvalidDataException("it is damaged");
        }

        var items = ImmutableArray.CreateBuilder<T>(count);
        while (items.Count < count)
        {
            items.Add(read());
        }

        return items.MoveToImmutable();
    }
}
