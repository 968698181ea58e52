namespace Netpol.Compiler.Bpf.Interpretation;

/// <summary><c>BPF_MAP_TYPE_HASH</c>.</summary>
public sealed class HashMap : MapModel
{
    private readonly Dictionary<byte[], int> _places = new(new ByContent());
    private readonly Dictionary<byte[], int>.AlternateLookup<ReadOnlySpan<byte>> _bySpan;

    public HashMap(string name, int keySize, int valueSize, int maxEntries, bool isReadOnly = false)
        : base(name, keySize, valueSize, maxEntries, isReadOnly) =>
        _bySpan = _places.GetAlternateLookup<ReadOnlySpan<byte>>();

    /// <exception cref="InvalidOperationException">The map is full.</exception>
    public void Set(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
    {
        if (key.Length != KeySize || value.Length != ValueSize)
        {
            throw new InvalidOperationException(
                $"map {Name} has keys of {KeySize} and values of {ValueSize} bytes, not {key.Length} and {value.Length}");
        }

        if (!_bySpan.TryGetValue(key, out var place))
        {
            place = _places.Count < MaxEntries ? _places.Count : throw new InvalidOperationException($"map {Name} is full");
            _places.Add(key.ToArray(), place);
        }

        value.CopyTo(Values.AsSpan(place * ValueSize));
    }

    internal override int Find(ReadOnlySpan<byte> key) => _bySpan.TryGetValue(key, out var place) ? place : -1;

    private sealed class ByContent : IEqualityComparer<byte[]>, IAlternateEqualityComparer<ReadOnlySpan<byte>, byte[]>
    {
        public bool Equals(byte[]? x, byte[]? y) => x.AsSpan().SequenceEqual(y);

        public bool Equals(ReadOnlySpan<byte> alternate, byte[] other) => alternate.SequenceEqual(other);

        public int GetHashCode(byte[] obj) => GetHashCode((ReadOnlySpan<byte>)obj);

        public int GetHashCode(ReadOnlySpan<byte> alternate)
        {
            HashCode hash = default;
            hash.AddBytes(alternate);
            return hash.ToHashCode();
        }

        public byte[] Create(ReadOnlySpan<byte> alternate) => alternate.ToArray();
    }
}
