namespace Netpol.Compiler.Certification;

/// <summary>A block, with what is known where it begins.</summary>
/// <param name="cost">Instructions that run in it.</param>
internal sealed class PathNode(int block, long cost, ulong known, Constant[] values)
{
    public int Block => block;

    public long Cost => cost;

    /// <summary>The places that something is known of, and what, in their order.</summary>
    public ulong Known => known;

    public Constant[] Values => values;

    public PathNode? Next { get; set; }

    public PathNode? Taken { get; set; }

    /// <summary>Where its last instruction hands the packet to, if that succeeds.</summary>
    public TailCall? TailCall { get; set; }

    /// <summary>Nodes before it that are not measured yet.</summary>
    public int Waits { get; set; }

    /// <summary>Instructions of the longest way to it; once it is measured, with its own.</summary>
    public long Longest { get; set; }

    /// <summary>The one that is before it on that way.</summary>
    public PathNode? Before { get; set; }
}
