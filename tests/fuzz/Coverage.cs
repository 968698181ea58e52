using System.Runtime.InteropServices;

namespace Netpol.Tests.Fuzz;

/// <summary>
/// Which branches ran, as assemblies that SharpFuzz instrumented note it: a byte a pair of places, in memory of ours. In assemblies that are not
/// instrumented nothing is noted, and every text is as good as another.
/// </summary>
internal sealed unsafe class Coverage
{
    private const int Size = 1 << 16;

    private readonly byte* _now = (byte*)NativeMemory.AllocZeroed(Size);
    private readonly byte[] _seen = new byte[Size];

    public Coverage() => SharpFuzz.Common.Trace.SharedMem = _now;

    /// <summary>Places that some text has reached.</summary>
    public int Count { get; private set; }

    public void Clear() => new Span<byte>(_now, Size).Clear();

    /// <summary>Did the last text reach a place, or one as often, as none before?</summary>
    public bool IsNew()
    {
        var isNew = false;
        for (var i = 0; i < Size; i++)
        {
            var often = Class(_now[i]);
            if ((_seen[i] | often) == _seen[i])
            {
                continue;
            }

            Count += _seen[i] == 0 ? 1 : 0;
            _seen[i] |= often;
            isNew = true;
        }

        return isNew;
    }

    /// <summary>AFL's classes: 1, 2, 3, 4 to 7, 8 to 15, 16 to 31, 32 to 127, more; a bit each.</summary>
    private static byte Class(byte count) => count switch
    {
        0 => 0,
        1 => 1,
        2 => 2,
        3 => 4,
        < 8 => 8,
        < 16 => 16,
        < 32 => 32,
        < 128 => 64,
        _ => 128,
    };
}
