using System.Collections.Immutable;

namespace Netpol.Cli.Graphs;

/// <summary>
/// What stands in the columns: boxes under their own numbers, and behind them a place for each arrow in each column that it passes. It
/// orders the columns so that few arrows cross.
/// </summary>
internal sealed class LayoutPlaces
{
    private const int Sweeps = 24;

    private readonly List<int> _columnOf;
    private readonly List<List<int>> _before = [];
    private readonly List<List<int>> _after = [];
    private readonly ImmutableArray<int>[] _chains;

    public LayoutPlaces(ImmutableArray<LayoutBox> boxes, ImmutableArray<LayoutArrow> arrows, ImmutableArray<int> columns)
    {
        _columnOf = [.. columns];
        _chains = new ImmutableArray<int>[arrows.Length];
        for (var box = 0; box < boxes.Length; box++)
        {
            AddNeighbours();
        }

        for (var arrow = 0; arrow < arrows.Length; arrow++)
        {
            _chains[arrow] = Chain(arrows[arrow]);
        }

        Columns = new ImmutableArray<int>[columns.Length == 0 ? 0 : columns.Max() + 1];
        for (var column = 0; column < Columns.Length; column++)
        {
            Columns[column] = [.. Enumerable.Range(0, Count).Where(place => _columnOf[place] == column)];
        }
    }

    public int Count => _columnOf.Count;

    /// <summary>The places of each column, from the top.</summary>
    public ImmutableArray<int>[] Columns { get; }

    public int ColumnOf(int place) => _columnOf[place];

    /// <summary>Neighbours in the column before.</summary>
    public IReadOnlyList<int> Before(int place) => _before[place];

    public IReadOnlyList<int> After(int place) => _after[place];

    /// <summary>The places of an arrow from the leftmost box to the rightmost; empty where it is one box.</summary>
    public ImmutableArray<int> ChainOf(int arrow) => _chains[arrow];

    public void Order()
    {
        var (best, crossings) = (Columns.ToArray(), Crossings());
        for (var sweep = 0; sweep < Sweeps && crossings > 0; sweep++)
        {
            var isForward = sweep % 2 == 0;
            for (var step = 1; step < Columns.Length; step++)
            {
                var column = isForward ? step : Columns.Length - 1 - step;
                var positions = Positions(isForward ? column - 1 : column + 1);
                var own = Positions(column);
                Columns[column] = [.. Columns[column].OrderBy(place => Middle(isForward ? _before[place] : _after[place], positions) ?? own[place])];
            }

            if (Crossings() is var found && found < crossings)
            {
                (best, crossings) = (Columns.ToArray(), found);
            }
        }

        best.CopyTo(Columns, 0);
    }

    private ImmutableArray<int> Chain(LayoutArrow arrow)
    {
        var (left, right) = _columnOf[arrow.From] < _columnOf[arrow.To] ? (arrow.From, arrow.To) : (arrow.To, arrow.From);
        if (left == right)
        {
            return [];
        }

        var chain = ImmutableArray.CreateBuilder<int>();
        chain.Add(left);
        for (var column = _columnOf[left] + 1; column < _columnOf[right]; column++)
        {
            chain.Add(Count);
            _columnOf.Add(column);
            AddNeighbours();
        }

        chain.Add(right);
        for (var index = 1; index < chain.Count; index++)
        {
            _after[chain[index - 1]].Add(chain[index]);
            _before[chain[index]].Add(chain[index - 1]);
        }

        return chain.ToImmutable();
    }

    private void AddNeighbours()
    {
        _before.Add([]);
        _after.Add([]);
    }

    private Dictionary<int, double> Positions(int column) =>
        Columns[column].Select((place, index) => (place, index)).ToDictionary(pair => pair.place, pair => (double)pair.index);

    private static double? Middle(List<int> neighbours, Dictionary<int, double> positions) =>
        neighbours.Count == 0 ? null : neighbours.Average(neighbour => positions[neighbour]);

    /// <summary>Pairs of lines between neighbouring columns whose ends are in opposite order.</summary>
    private int Crossings()
    {
        var crossings = 0;
        for (var column = 0; column + 1 < Columns.Length; column++)
        {
            var positions = Positions(column + 1);
            var ends = Columns[column].SelectMany(place => _after[place].Select(after => positions[after]).Order()).ToList();
            for (var line = 0; line < ends.Count; line++)
            {
                for (var other = line + 1; other < ends.Count; other++)
                {
                    crossings += ends[line] > ends[other] ? 1 : 0;
                }
            }
        }

        return crossings;
    }
}
