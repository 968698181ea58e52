using Netpol.Tests.Support;

namespace Netpol.Tests.Unit.Architecture;

/// <summary>Who may import whom: the table of ARCHITECTURE.md.</summary>
internal sealed class LayeringTable
{
    private const string Everything = "everything but";

    private readonly Dictionary<string, (bool IsExcluding, string[] Named)> _rows = new(StringComparer.Ordinal);

    private LayeringTable(string text)
    {
        var rows = text.Split("<!-- layering:begin -->")[1].Split("<!-- layering:end -->")[0].Split('\n')
            .Select(line => line.Split('|', StringSplitOptions.TrimEntries))
            .Where(cells => cells.Length == 4 && cells[1].StartsWith('`'));
        foreach (var cells in rows)
        {
            _rows.Add(cells[1].Trim('`'), (
                cells[2].StartsWith(Everything, StringComparison.Ordinal),
                [.. cells[2].Replace(Everything, "", StringComparison.Ordinal).Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
                    .Select(name => name.Trim('`'))]));
        }
    }

    public IReadOnlyCollection<string> Namespaces => _rows.Keys;

    public static LayeringTable Read() => new(File.ReadAllText(Repository.PathOf("ARCHITECTURE.md")));

    /// <summary>The row a namespace belongs to: itself or the nearest around it; null: none.</summary>
    public string? RowOf(string @namespace) => _rows.Keys
        .Where(row => IsIn(@namespace, row))
        .MaxBy(row => row.Length);

    public bool MayImport(string @namespace, string other)
    {
        if (RowOf(@namespace) is not { } row)
        {
            return false;
        }

        var (isExcluding, named) = _rows[row];
        return IsIn(other, row) || isExcluding != named.Any(allowed => IsIn(other, allowed));
    }

    private static bool IsIn(string @namespace, string outer) =>
        @namespace == outer || @namespace.StartsWith(outer + ".", StringComparison.Ordinal);
}
