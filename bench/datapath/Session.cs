using System.Collections.Immutable;

namespace Netpol.Bench;

/// <summary>
/// Measures the cases of one world. All cases of one run take turns, in an order that moves on with each round, so that whatever
/// else the machine does meets all of them; each run has the floor in it.
/// </summary>
internal sealed class Session(World world, byte[] driver, int rules, int prefixes, int rounds)
{
    private const int Packets = 100_000;

    /// <summary>Fewer than the ring of events has room for, as nobody reads while time is taken.</summary>
    private const int PacketsWithEvent = 8_000;
    private const int NewPackets = 16_000;

    private const int FloorEntries = 65_536, FloorValue = 16;

    /// <summary>Tables of the floor at different places in memory.</summary>
    private const int Placements = 5;

    /// <summary>
    /// A hash table of the kernel for as many connections as the datapath's table is declared for, with values as large as what it keeps
    /// of one: what a datapath that left its connections to the kernel would look up.
    /// </summary>
    private const int KernelEntries = 262_144, KernelValue = 52;

    private readonly List<Row> _rows = [];

    internal IReadOnlyList<Row> Rows => _rows;

    internal void Established(int flows)
    {
        try
        {
            Established(flows, turn: 0);
        }
        catch (BenchException e)
        {
            // By chance a set of the table may be too small for the flows that fall into it: of other flows others do.
            Console.Error.WriteLine($"once more with other flows: {e.Message}");
            world.ForgetConnections();
            Established(flows, turn: 1);
        }
    }

    private void Established(int flows, int turn)
    {
        using Owned owned = new();
        List<Series> all = [.. Floors(flows, owned)];
        var pairs = prefixes > 0
            ? [CaseTable.OfPrefixes(prefixes)]
            : CaseTable.Established(4, turn).Concat(CaseTable.Established(6, turn)).ToArray();
        foreach (var (forward, reply) in pairs)
        {
            Series there = owned.Add(new Series(forward, world, driver)), back = owned.Add(new Series(reply, world, driver));
            Establish(there, back, flows);
            all.AddRange([there, back]);
        }

        foreach (var denied in Denied(flows))
        {
            var series = owned.Add(new Series(denied, world, driver));
            series.Driver.Plan(denied.Flows(flows));
            all.Add(series);
        }

        Rounds(all, series => series.Round(Math.Min(Packets, 2 * flows), series.Case?.Events > 0 ? PacketsWithEvent : Packets));
        Report(all, flows);
        world.ForgetConnections();
    }

    private IEnumerable<Case> Denied(int flows) => (prefixes, flows) switch
    {
        (0, 1) => CaseTable.Denied(4).Concat(CaseTable.Denied(6)),
        (0, >= CaseTable.LeastScanned) => [CaseTable.Scan(4), CaseTable.Scan(6)],
        _ => [],
    };

    /// <summary>First packets while the table has room: it is emptied after each round.</summary>
    internal void NewConnections()
    {
        using Owned owned = new();
        List<Series> all = [.. Floors(1, owned)];
        foreach (var first in CaseTable.First(4).Concat(CaseTable.First(6)))
        {
            var series = owned.Add(new Series(first, world, driver));
            series.Driver.Plan(Flow.Shuffle(first.Flows(NewPackets)));
            all.Add(series);
        }

        Rounds(all, series =>
        {
            if (series.Case is null)
            {
                series.Round(1, Packets);
                return;
            }

            series.Round(0, NewPackets);
            world.ForgetConnections();
        });
        Report(all, 1);
    }

    /// <summary>First packets while every one of them takes the place of another connection.</summary>
    internal void NewConnectionsInFullTable()
    {
        using Owned owned = new();
        List<Series> all = [.. Floors(1, owned)];
        var turn = 0;
        foreach (var family in (int[])[4, 6])
        {
            var series = owned.Add(new Series(CaseTable.FirstInFullTable(family, 0), world, driver));
            for (var filled = 0; filled < 2 * world.ConnectionCapacity; filled += Driver.MaxFlows)
            {
                series.Driver.Plan(CaseTable.FirstInFullTable(family, ++turn).Flows(Driver.MaxFlows));
                series.Driver.Run(Driver.MaxFlows);
            }

            all.Add(series);
        }

        Rounds(all, series =>
        {
            if (series.Case is null)
            {
                series.Round(1, Packets);
                return;
            }

            series.Driver.Plan(Flow.Shuffle(CaseTable.FirstInFullTable(series.Family, ++turn).Flows(NewPackets)));
            series.Round(0, NewPackets);
        });
        Report(all, 1);
        world.ForgetConnections();
    }

    /// <summary>The connections as their ends make them: SYN, SYN and ACK, ACK.</summary>
    private static void Establish(Series there, Series back, int flows)
    {
        var forward = (there.Case ?? throw new BenchException("a floor")).Flows(flows);
        var answers = (back.Case ?? throw new BenchException("a floor")).Flows(flows);
        there.Driver.Plan(forward);
        back.Driver.Plan(answers);
        there.Driver.Run(flows, TcpFrame.Syn);
        back.Driver.Run(flows, TcpFrame.Syn | TcpFrame.Ack);
        there.Driver.Plan(Flow.Shuffle(forward));
        back.Driver.Plan(Flow.Shuffle(answers));
    }

    private IEnumerable<Series> Floors(int flows, Owned owned)
    {
        foreach (var family in prefixes > 0 ? (int[])[4] : [4, 6])
        {
            var remote = prefixes > 0 ? CaseTable.OfPrefixes(prefixes).Forward : CaseTable.Established(family).First().Forward;
            yield return new Series(CaseTable.Floor, family, Several(() => new FloorProgram(driver, remote, FloorEntries, FloorValue, flows)));
            yield return new Series(CaseTable.Lookup, family, Several(() => new FloorProgram(driver, remote, KernelEntries, KernelValue, flows)));
        }

        ImmutableArray<FloorProgram> Several(Func<FloorProgram> make) =>
            [.. Enumerable.Range(0, flows == 1 ? 1 : Placements).Select(_ => owned.Add(make()))];
    }

    private void Rounds(List<Series> all, Action<Series> round)
    {
        for (var i = 0; i <= rounds; i++)
        {
            for (var j = 0; j < all.Count; j++)
            {
                round(all[(i + j) % all.Count]);
            }

            if (i == 0)
            {
                all.ForEach(series => series.Forget());
            }
        }
    }

    private void Report(List<Series> all, int flows)
    {
        var floor = all.First(series => series.Name == CaseTable.Floor && series.Family == 4).Median;
        foreach (var series in all)
        {
            var bar = prefixes > 0 || series.Family == 4
                ? Bars.Ipv4(series.Name, flows)
                : all.FirstOrDefault(other => other.Case is not null && other.Name == series.Name && other.Family == 4)?.Median * Bars.OfIpv6 / floor;
            _rows.Add(new Row(
                series.Name, world.Backend, series.Family, flows, series.Case is null ? 0 : rules, series.Case is null ? 0 : prefixes,
                Math.Round(series.Median, 1), Math.Round(series.Median / floor, 3))
            {
                Bar = bar is null ? null : Math.Round(bar.Value, 3),
            });
        }
    }

    /// <summary>What goes when a run is over.</summary>
    private sealed class Owned : IDisposable
    {
        private readonly Stack<IDisposable> _things = new();

        internal T Add<T>(T thing)
            where T : IDisposable
        {
            _things.Push(thing);
            return thing;
        }

        public void Dispose()
        {
            while (_things.TryPop(out var thing))
            {
                thing.Dispose();
            }
        }
    }
}
