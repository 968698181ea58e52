using System.Diagnostics;

namespace Netpol.Compiler.Bpf;

/// <summary>What comparisons say of two numbers.</summary>
public static class JumpOperations
{
    /// <param name="right">A register, or an immediate extended with its sign.</param>
    /// <param name="is32">The lower halves are compared.</param>
    public static bool Holds(this JumpOperation operation, ulong left, ulong right, bool is32)
    {
        var (a, b) = is32 ? ((uint)left, (uint)right) : (left, right);
        var (c, d) = is32 ? ((int)left, (int)right) : ((long)left, (long)right);
        return operation switch
        {
            JumpOperation.Equal => a == b,
            JumpOperation.NotEqual => a != b,
            JumpOperation.Greater => a > b,
            JumpOperation.GreaterOrEqual => a >= b,
            JumpOperation.Less => a < b,
            JumpOperation.LessOrEqual => a <= b,
            JumpOperation.AnyBit => (a & b) != 0,
            JumpOperation.GreaterSigned => c > d,
            JumpOperation.GreaterOrEqualSigned => c >= d,
            JumpOperation.LessSigned => c < d,
            JumpOperation.LessOrEqualSigned => c <= d,
            _ => throw new UnreachableException(),
        };
    }
}
