using System.Runtime.InteropServices;

namespace Netpol.Loader.Verdicts;

/// <summary><c>struct verdict_pair</c> of abi.h: the roots by which a pair is judged under policies of even and of odd epochs.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct PairHalves : IEquatable<PairHalves>
{
    internal PairRoots Even;
    internal PairRoots Odd;

    /// <summary>As pairs are but while rules change.</summary>
    internal static PairHalves Same(PairRoots roots) => new() { Even = roots, Odd = roots };

    /// <param name="policy">Of the state in charge.</param>
    internal static PairHalves Changing(uint policy, PairRoots inCharge, PairRoots next) =>
        (policy & 1) == 0 ? new() { Even = inCharge, Odd = next } : new() { Even = next, Odd = inCharge };

    public readonly bool Equals(PairHalves other) =>
        ((ReadOnlySpan<uint>)Even).SequenceEqual(other.Even) && ((ReadOnlySpan<uint>)Odd).SequenceEqual(other.Odd);

    public readonly override bool Equals(object? obj) => obj is PairHalves other && Equals(other);

    public readonly override int GetHashCode() => HashCode.Combine(Even[0], Odd[0]);
}
