namespace Netpol.Compiler.Ir;

/// <summary>
/// Is the verdict of a deciding clause logged? It is if any matching rule of the winning action says <c>log</c>, so a
/// clause that does not say so itself may have to ask the ones after it.
/// </summary>
public enum LogAnswer
{
    /// <summary>No later clause of the action has <c>log</c>.</summary>
    No,

    /// <summary>The rule itself says <c>log</c>.</summary>
    Yes,

    /// <summary>Where another clause of the action that says <c>log</c> matches too.</summary>
    WhereAnotherMatches,
}
