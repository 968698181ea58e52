namespace Netpol.Compiler.Bpf.Interpretation;

/// <summary>A map in memory: its values in one array, found by the key's bytes.</summary>
public abstract class MapModel
{
    private protected MapModel(string name, int keySize, int valueSize, int maxEntries, bool isReadOnly)
    {
        (Name, KeySize, ValueSize, MaxEntries, IsReadOnly) = (name, keySize, valueSize, maxEntries, isReadOnly);
        Values = new byte[checked(valueSize * maxEntries)];
    }

    public string Name { get; }

    public int KeySize { get; }

    public int ValueSize { get; }

    public int MaxEntries { get; }

    /// <summary>For programs.</summary>
    public bool IsReadOnly { get; }

    internal byte[] Values { get; }

    /// <summary>The place of the key's value, or -1.</summary>
    internal abstract int Find(ReadOnlySpan<byte> key);

    /// <summary>The value's own bytes, to read and to write; empty where there is none.</summary>
    public Span<byte> Lookup(ReadOnlySpan<byte> key) =>
        Find(key) is >= 0 and var at ? Values.AsSpan(at * ValueSize, ValueSize) : [];
}
