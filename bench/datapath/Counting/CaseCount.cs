using System.Collections.Immutable;

namespace Netpol.Bench.Counting;

/// <summary>What one packet of a case makes its programs call.</summary>
internal sealed record CaseCount(string Case, int Family, int Rules, int Lookups, int Updates, int TailCalls, int OtherCalls)
{
    /// <summary>Each call with the program that makes it, in the order of the programs' code.</summary>
    public required ImmutableArray<string> Calls { get; init; }

    internal static CaseCount Of(Case counted, int rules, ImmutableArray<(CallSite Place, ulong Count)> calls)
    {
        int Sum(Func<CallSite, bool> which) => calls.Where(pair => which(pair.Place)).Sum(pair => (int)pair.Count);
        var (lookups, updates, tails) = (Sum(site => site.IsLookup), Sum(site => site.IsUpdate), Sum(site => site.IsTailCall));
        return new CaseCount(counted.Name, counted.Family, rules, lookups, updates, tails, Sum(_ => true) - lookups - updates - tails)
        {
            Calls = [.. calls.Select(pair => $"{pair.Place.Program}: {(pair.Count > 1 ? $"{pair.Count} x " : "")}{pair.Place}")],
        };
    }
}
