using Netpol.Bundle.Verdicts;

namespace Netpol.Compiler.Terms;

/// <summary>The least number of classes that protocols and ports fall into: values in one are in the same traffic of every term.</summary>
public static class PortClasses
{
    public static int Count(VerdictTerms terms)
    {
        var signatures = new HashSet<string>(StringComparer.Ordinal);
        foreach (var space in Enum.GetValues<TrafficSpace>())
        {
            var ranges = terms.Traffic.SelectMany((traffic, id) => traffic.Ranges.Where(range => range.Space == space).Select(range => (Id: id, range.First, range.Last)));
            var edges = ranges.SelectMany(range => new[] { (Value: (int)range.First, range.Id, IsStart: true), (Value: range.Last + 1, range.Id, IsStart: false) })
                .GroupBy(edge => edge.Value).OrderBy(edges => edges.Key);
            var active = new SortedDictionary<int, int>();
            signatures.Add("");
            foreach (var edge in edges)
            {
                foreach (var (_, id, isStart) in edge)
                {
                    active[id] = active.GetValueOrDefault(id) + (isStart ? 1 : -1);
                    if (active[id] == 0)
                    {
                        active.Remove(id);
                    }
                }

                if (edge.Key <= ushort.MaxValue)
                {
                    signatures.Add(string.Join(',', active.Keys));
                }
            }
        }

        return signatures.Count;
    }
}
