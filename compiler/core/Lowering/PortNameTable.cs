using System.Collections.Immutable;

namespace Netpol.Compiler.Lowering;

/// <summary>Collects the port names that rules ask for, in the order of first use.</summary>
internal sealed class PortNameTable
{
    private readonly List<string> _names = [];

    public int Add(string name)
    {
        var index = _names.IndexOf(name);
        if (index < 0)
        {
            index = _names.Count;
            _names.Add(name);
        }

        return index;
    }

    public ImmutableArray<string> ToImmutable() => [.. _names];
}
