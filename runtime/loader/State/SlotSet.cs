using System.Globalization;
using System.Numerics;
using System.Text;

namespace Netpol.Loader.State;

/// <summary>Which slots of the program arrays are taken. Slot 0 is nobody's: it is what an unset constant would say.</summary>
internal sealed class SlotSet
{
    /// <summary><c>MAX_SLOTS</c> of abi.h.</summary>
    internal const int Capacity = 4096;

    private const int WordDigits = 16;

    private readonly ulong[] _words = new ulong[Capacity / 64];

    private SlotSet() => _words[0] = 1;

    internal static SlotSet Parse(string text)
    {
        SlotSet slots = new();
        for (var word = 0; (word + 1) * WordDigits <= text.Length; word++)
        {
            slots._words[word] |= ulong.Parse(
                text.AsSpan(word * WordDigits, WordDigits), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
        }

        return slots;
    }

    internal bool IsFree(int slot) => (_words[slot / 64] >> (slot % 64) & 1) == 0;

    /// <summary>The lowest that is free; null: all are taken.</summary>
    internal int? Next
    {
        get
        {
            var word = Array.FindIndex(_words, word => word != ulong.MaxValue);
            return word < 0 ? null : word * 64 + BitOperations.TrailingZeroCount(~_words[word]);
        }
    }

    /// <param name="preferred">Given out where it is free; slot 0 never is.</param>
    /// <exception cref="LoaderException">All are taken.</exception>
    internal int Take(int preferred = 0)
    {
        var slot = IsFree(preferred) ? preferred : Next ?? throw new LoaderException($"this node has {Capacity - 1} containers already; detach some first");
        Mark(slot);
        return slot;
    }

    internal void Release(int slot) => _words[slot / 64] &= ~(1UL << (slot % 64));

    internal void Mark(int slot) => _words[slot / 64] |= 1UL << (slot % 64);

    /// <summary>Without trailing words of zero.</summary>
    public override string ToString()
    {
        StringBuilder text = new();
        var used = Array.FindLastIndex(_words, word => word != 0) + 1;
        foreach (var word in _words.AsSpan(0, used))
        {
            text.Append(CultureInfo.InvariantCulture, $"{word:x16}");
        }

        return text.ToString();
    }
}
