namespace Netpol.Runtime;

/// <summary>Where a rule of a bundle comes from.</summary>
/// <param name="File">Path from the build root.</param>
/// <param name="Line">From 1.</param>
/// <param name="Column">From 1.</param>
/// <param name="Text">The rule as written, on one line.</param>
public sealed record RuleSource(uint Id, string Policy, string File, int Line, int Column, string Text)
{
    /// <summary><c>file:line:column</c></summary>
    public string Place => $"{File}:{Line}:{Column}";
}
