namespace Netpol.Syntax;

/// <summary>The word a rule begins with.</summary>
public enum ActionSyntax
{
    Allow,
    Deny,
    Reject,
    Pass,
}
