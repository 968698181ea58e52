namespace Netpol.Compiler.Compilation.Sessions;

/// <summary>
/// The numbers that sets and port names have in a bundle. The same object for as long as no number changes: a table that grew has them for more.
/// </summary>
internal sealed class Numbering
{
    private Numbering(int[] sets, int[] portNames) => (Sets, PortNames) = (sets, portNames);

    /// <summary>By a set of <see cref="RuleCompiler.Sets"/>; -1 of one that is not in use.</summary>
    public int[] Sets { get; private set; }

    /// <summary>The same of port names.</summary>
    public int[] PortNames { get; private set; }

    public static Numbering Of(Numbering? earlier, int[] sets, int[] portNames)
    {
        if (earlier is null || !sets.AsSpan().StartsWith(earlier.Sets) || !portNames.AsSpan().StartsWith(earlier.PortNames))
        {
            return new Numbering(sets, portNames);
        }

        (earlier.Sets, earlier.PortNames) = (sets, portNames);
        return earlier;
    }
}
