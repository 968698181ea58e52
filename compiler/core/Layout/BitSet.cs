using System.Collections.Immutable;
using System.Numerics;

namespace Netpol.Compiler.Layout;

/// <summary>A set of bit numbers, as wide as needed; equal by content.</summary>
public readonly struct BitSet : IEquatable<BitSet>
{
    private readonly ImmutableArray<ulong> _words;

    private BitSet(ImmutableArray<ulong> words) => _words = words;

    public static BitSet Empty(int bits) => new([.. new ulong[(bits + 63) / 64]]);

    public bool this[int bit] => (_words[bit / 64] >> (bit % 64) & 1) != 0;

    /// <summary>The bits that are set, ascending.</summary>
    public ImmutableArray<int> Bits
    {
        get
        {
            var bits = ImmutableArray.CreateBuilder<int>();
            for (var index = 0; index < _words.Length; index++)
            {
                for (var word = _words[index]; word != 0; word &= word - 1)
                {
                    bits.Add((index * 64) + BitOperations.TrailingZeroCount(word));
                }
            }

            return bits.ToImmutable();
        }
    }

    public static bool operator ==(BitSet left, BitSet right) => left.Equals(right);

    public static bool operator !=(BitSet left, BitSet right) => !left.Equals(right);

    /// <summary>This set with some bits given anew.</summary>
    public BitSet With(IEnumerable<int> bits, Func<int, bool> isSet)
    {
        var words = _words.ToBuilder();
        foreach (var bit in bits)
        {
            var mask = 1UL << (bit % 64);
            words[bit / 64] = isSet(bit) ? words[bit / 64] | mask : words[bit / 64] & ~mask;
        }

        return new BitSet(words.ToImmutable());
    }

    public bool Equals(BitSet other) => _words.AsSpan().SequenceEqual(other._words.AsSpan());

    public override bool Equals(object? obj) => obj is BitSet other && Equals(other);

    public override int GetHashCode()
    {
        var hash = default(HashCode);
        foreach (var word in _words)
        {
            hash.Add(word);
        }

        return hash.ToHashCode();
    }
}
