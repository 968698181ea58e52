using System.Collections.Immutable;
using Netpol.Semantics.Proofs;

namespace Netpol.Semantics.Analysis;

/// <summary>Classes of traffic as terms, as few as there can be in order.</summary>
internal static class TrafficTerms
{
    /// <summary>Empty where it is all of them.</summary>
    public static ImmutableArray<TrafficTerm> Of(Choice traffic, TrafficClasses classes, int function)
    {
        var numbers = traffic.Runs(function).SelectMany(run => Enumerable.Range(run.First, run.Last - run.First + 1)).ToHashSet();
        return numbers.Count == traffic.Count ? [] : [.. Ports(classes, numbers), .. Icmp(classes, numbers), .. Others(classes, numbers)];
    }

    private static IEnumerable<TrafficTerm> Ports(TrafficClasses classes, HashSet<int> numbers)
    {
        TrafficTerm.Ports? open = null;
        for (var number = 0; number < classes.Count; number++)
        {
            var ports = numbers.Contains(number) ? classes[number] as TrafficClass.Ports : null;
            if (open is { } run && ports is not null && ports.Protocol == run.Protocol && ports.First == run.Last + 1)
            {
                open = run with { Last = ports.Last };
                continue;
            }

            if (open is not null)
            {
                yield return open;
            }

            open = ports is null ? null : new(ports.Protocol, ports.First, ports.Last);
        }

        if (open is not null)
        {
            yield return open;
        }
    }

    private static IEnumerable<TrafficTerm> Icmp(TrafficClasses classes, HashSet<int> numbers)
    {
        foreach (var family in AddressRegions.Families)
        {
            var all = Enumerable.Range(0, classes.Count)
                .Where(number => classes[number] is TrafficClass.Icmp icmp && icmp.Family == family)
                .Select(number => (Number: number, Class: (TrafficClass.Icmp)classes[number])).ToList();
            var (types, codes) = (Words(all.Select(one => one.Class.Type)), Words(all.Select(one => one.Class.Code)));

            // Types with the same codes are one term.
            var meant = all.Where(one => numbers.Contains(one.Number)).GroupBy(one => one.Class.Type)
                .Select(type => (Type: type.Key, Codes: type.Select(one => one.Class.Code).ToHashSet()))
                .GroupBy(type => string.Join(' ', type.Codes.Order()));
            foreach (var group in meant)
            {
                yield return new TrafficTerm.Icmp(
                    family,
                    Set(group.Select(type => type.Type).ToHashSet(), types, all.Select(one => one.Class.Type).ToHashSet()),
                    Set(group.First().Codes, codes, all.Select(one => one.Class.Code).ToHashSet()));
            }
        }
    }

    private static IEnumerable<TrafficTerm> Others(TrafficClasses classes, HashSet<int> numbers) =>
        numbers.Any(number => classes[number] is TrafficClass.Nameless) ? [new TrafficTerm.Others()] : [];

    private static ImmutableArray<byte> Words(IEnumerable<byte?> values) => [.. values.OfType<byte>().Distinct().Order()];

    /// <summary>Null stands for every value that has no word.</summary>
    private static ByteSet Set(HashSet<byte?> meant, ImmutableArray<byte> words, HashSet<byte?> all) =>
        meant.SetEquals(all) ? new([], true)
        : meant.Contains(null) ? new([.. words.Where(word => !meant.Contains(word))], true)
        : new([.. words.Where(word => meant.Contains(word))], false);
}
