using System.Collections.Immutable;

namespace Netpol.Bench;

/// <summary>One case with its driver: runs it for a round, and makes sure that the round was what the case is about.</summary>
internal sealed class Series : IDisposable
{
    private readonly World? _world;
    private readonly Action? _verify;
    private readonly List<double> _times = [];
    private readonly ImmutableArray<Driver> _drivers;
    private int _turn;

    internal Series(Case measured, World world, byte[] driver)
    {
        (Case, _world) = (measured, world);
        Driver = new Driver(driver, measured.Self, measured.Peer, measured.IsReply, measured.Flags);
        Driver.Test(measured.Hook(world));
    }

    /// <param name="floors">
    /// The same several times: a round takes the next. With many flows a table's time depends on the pages it happened to get,
    /// by as much as two to one, and the floor must not be a throw of that dice.
    /// </param>
    internal Series(string name, int family, ImmutableArray<FloorProgram> floors)
    {
        (Name, Family, Driver) = (name, family, floors[0].Driver);
        _drivers = [.. floors.Select(floor => floor.Driver)];
        _verify = () => Require(floors.All(floor => floor.Misses == 0), "packets are of flows that the table does not know");
    }

    internal Case? Case { get; }

    internal string Name { get => field ?? Case?.Name ?? ""; private init; }

    internal int Family { get => field == 0 ? Case?.Family ?? 0 : field; private init; }

    /// <summary>Of the next round.</summary>
    internal Driver Driver { get; private set; }

    internal double Median => Statistics.Median(_times);

    /// <param name="warm">Packets before the timed ones, which bring the caches into the state that they have in the middle of a run.</param>
    internal void Round(int warm, int packets)
    {
        if (!_drivers.IsDefaultOrEmpty)
        {
            Driver = _drivers[_turn++ % _drivers.Length];
        }

        if (warm > 0)
        {
            Driver.Run(warm);
        }

        var before = _world?.Counters() ?? default;
        if (Case?.Events > 0)
        {
            _ = _world?.Events();
        }

        _times.Add(Driver.Time(packets));
        Verify(before, packets);
    }

    /// <summary>The first round also grows stacks and fills tables of the kernel's own.</summary>
    internal void Forget() => _times.Clear();

    public void Dispose()
    {
        if (_world is not null)
        {
            Driver.Dispose();
        }
    }

    private void Verify((ulong Drops, ulong Verdicts) before, int packets)
    {
        _verify?.Invoke();
        if (_world is null || Case is null)
        {
            return;
        }

        var record = _world.LastRecord();
        Require(record.Reason == (byte)Case.Reason, $"the last packet's reason is {(Bundle.Reason)record.Reason}, not {Case.Reason}");
        var after = _world.Counters();
        Expect("drops", Case.Drops, packets, after.Drops - before.Drops);
        Expect("verdicts", Case.Verdicts, packets, after.Verdicts - before.Verdicts);
        if (Case.Events > 0)
        {
            Expect("events", Case.Events, packets, (ulong)_world.Events());
        }
    }

    private void Expect(string what, int ofEach, int packets, ulong found) =>
        Require(found == (ulong)ofEach * (ulong)packets, $"{packets} packets made {found} {what}, not {ofEach} each");

    private void Require(bool holds, string otherwise)
    {
        if (!holds)
        {
            throw new BenchException($"{Name}, IPv{Family}: {otherwise}");
        }
    }
}
