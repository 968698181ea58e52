using System.Collections.Immutable;

namespace Netpol.Compiler.Lowering;

/// <summary>Collects the port names that rules ask for, in the order of first use.</summary>
internal sealed class PortNameTable
{
    private readonly List<string> _names = [];
    private readonly Dictionary<string, int> _indexes = new(StringComparer.Ordinal);

    /// <summary>Where what is asked for is noted, if anybody wants to know.</summary>
    public ICollection<int>? Requests { get; set; }

    public int Count => _names.Count;

    public string this[int index] => _names[index];

    public int Add(string name)
    {
        if (!_indexes.TryGetValue(name, out var index))
        {
            index = _names.Count;
            _names.Add(name);
            _indexes.Add(name, index);
        }

        Requests?.Add(index);
        return index;
    }

    public ImmutableArray<string> ToImmutable() => [.. _names];
}
